/** Who gets the next container, and where: pure functions over the state. */
@NullMarked
package dev.heddle.rm.scheduler;

import org.jspecify.annotations.NullMarked;
