/** Whether this node is fit to run containers. */
@NullMarked
package dev.heddle.nm.health;

import org.jspecify.annotations.NullMarked;
