/** Event loop, faults, and the life of a daemon in the foreground. */
@NullMarked
package dev.heddle.common.runtime;

import org.jspecify.annotations.NullMarked;
