/** Resource managers side by side: Heddle's and Hadoop's, each in a process of its own, with simulated nodes and masters. */
@NullMarked
package dev.heddle.bench.rm;

import org.jspecify.annotations.NullMarked;
