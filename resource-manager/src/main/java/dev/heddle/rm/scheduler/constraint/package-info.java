/** Where placement constraints allow a container to go: pure functions over the state. */
@NullMarked
package dev.heddle.rm.scheduler.constraint;

import org.jspecify.annotations.NullMarked;
