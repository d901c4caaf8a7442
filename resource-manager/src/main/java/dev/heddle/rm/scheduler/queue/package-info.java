/** The tree of queues as an operator has configured it: immutable, checked, with everything inherited already filled in. */
@NullMarked
package dev.heddle.rm.scheduler.queue;

import org.jspecify.annotations.NullMarked;
