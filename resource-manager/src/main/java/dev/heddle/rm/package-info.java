/** The resource manager: the daemon that puts its parts together. */
@NullMarked
package dev.heddle.rm;

import org.jspecify.annotations.NullMarked;
