/** The thread around the core: commands in, replies and events out. */
@NullMarked
package dev.heddle.rm.loop;

import org.jspecify.annotations.NullMarked;
