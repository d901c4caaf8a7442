/** The plan of queues, read from the properties of {@code capacity-scheduler.xml}: pure, and usable without a cluster. */
@NullMarked
package dev.heddle.rm.scheduler.queue.config;

import org.jspecify.annotations.NullMarked;
