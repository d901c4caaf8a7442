package dev.heddle.rm.queues;

import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.config.Finding;
import dev.heddle.rm.scheduler.queue.mapping.MappingRules;
import java.util.List;

/**
 * What the files say of queues, without a fault.
 *
 * @param rules for this plan and no other
 * @param warnings what a person should know of it
 */
public record QueueSetup(QueuePlan plan, MappingRules rules, List<Finding> warnings) {
    public QueueSetup {
        warnings = List.copyOf(warnings);
    }
}
