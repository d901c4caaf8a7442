/** Schedulers side by side: Heddle's core and Hadoop's capacity scheduler, without wire, under the same load. */
@NullMarked
package dev.heddle.bench.scheduler;

import org.jspecify.annotations.NullMarked;
