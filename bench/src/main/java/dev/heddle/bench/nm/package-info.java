/** Node managers side by side: Heddle's and Hadoop's, each in a process of its own, told by the same caller what to run. */
@NullMarked
package dev.heddle.bench.nm;

import org.jspecify.annotations.NullMarked;
