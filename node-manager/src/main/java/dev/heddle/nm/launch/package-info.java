/** Turns a launch context into files and a process, and reads what the process leaves behind. */
@NullMarked
package dev.heddle.nm.launch;

import org.jspecify.annotations.NullMarked;
