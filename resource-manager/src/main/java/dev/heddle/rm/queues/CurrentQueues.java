package dev.heddle.rm.queues;

import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.mapping.MappingRules;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The queues that hold now. Safe for use by any thread. */
public final class CurrentQueues {
    private static final Logger log = LoggerFactory.getLogger(CurrentQueues.class);

    private volatile QueueSetup setup;

    public CurrentQueues(QueueSetup setup) {
        this.setup = setup;
    }

    public QueuePlan plan() {
        return setup.plan();
    }

    public MappingRules rules() {
        return setup.rules();
    }

    /** Others hold from now on; what a person should know of them is logged. */
    public void replace(QueueSetup next) {
        setup = next;
        next.warnings().forEach(warning -> log.warn("{}", warning));
    }
}
