package dev.heddle.rm.scheduler.queue.config;

import dev.heddle.rm.scheduler.queue.QueuePlan;
import java.util.List;

/** What comes of reading a configuration: a plan, or every reason why it is none. */
public sealed interface QueuePlanReading {
    /** What a person should know, whether there is a plan or not. */
    List<Finding> warnings();

    /** The configuration can be used. */
    record Usable(QueuePlan plan, List<Finding> warnings) implements QueuePlanReading {
        public Usable {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * The configuration cannot be used.
     *
     * @param faults at least one
     */
    record Faulty(List<Finding> faults, List<Finding> warnings) implements QueuePlanReading {
        public Faulty {
            faults = List.copyOf(faults);
            warnings = List.copyOf(warnings);
        }
    }
}
