/** What is taken from whom so that queues, users and urgent applications get what they are owed: state in, plan out. */
@NullMarked
package dev.heddle.rm.scheduler.preemption;

import org.jspecify.annotations.NullMarked;
