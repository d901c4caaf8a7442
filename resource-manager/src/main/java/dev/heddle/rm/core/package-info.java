/** The core: decides on commands. Single-threaded, deterministic, free of I/O. */
@NullMarked
package dev.heddle.rm.core;

import org.jspecify.annotations.NullMarked;
