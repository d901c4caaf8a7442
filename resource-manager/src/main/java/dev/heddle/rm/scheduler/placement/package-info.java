/** The index of free capacity. */
@NullMarked
package dev.heddle.rm.scheduler.placement;

import org.jspecify.annotations.NullMarked;
