package dev.heddle.rm.shares;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.ApplicationTimeoutType;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;

/**
 * An application that somebody submits. Its master is unmanaged unless {@link #managed} says otherwise, and then takes no
 * room.
 *
 * @param masterMb the size of a master that the resource manager starts, or 0 for an unmanaged one
 * @param lifetimeSeconds after which it is to end, or 0 for what the queue says
 */
record Submission(
        Scenario scenario,
        String user,
        String queue,
        String name,
        int priority,
        int masterMb,
        String label,
        Set<String> tags,
        long lifetimeSeconds) {
    private static final int NO_PRIORITY = -1;

    static Submission of(Scenario scenario, String user, String queue) {
        return new Submission(scenario, user, queue, "scenario", 0, 0, "", Set.of(), 0);
    }

    Submission named(String value) {
        return new Submission(scenario, user, queue, value, priority, masterMb, label, tags, lifetimeSeconds);
    }

    /** The higher the more urgent. */
    Submission priority(int value) {
        return new Submission(scenario, user, queue, name, value, masterMb, label, tags, lifetimeSeconds);
    }

    Submission withoutPriority() {
        return priority(NO_PRIORITY);
    }

    Submission managed(int memoryMb) {
        return new Submission(scenario, user, queue, name, priority, memoryMb, label, tags, lifetimeSeconds);
    }

    /** The label expression of the application, which holds where an ask has none of its own. */
    Submission label(String expression) {
        return new Submission(scenario, user, queue, name, priority, masterMb, expression, tags, lifetimeSeconds);
    }

    Submission tags(String... values) {
        return new Submission(scenario, user, queue, name, priority, masterMb, label, Set.of(values), lifetimeSeconds);
    }

    Submission lifetime(long seconds) {
        return new Submission(scenario, user, queue, name, priority, masterMb, label, tags, seconds);
    }

    /** Submits it; it has to be accepted. */
    Application submit() throws Exception {
        return scenario.submit(this);
    }

    /** Submits it; it has to be refused, in the call or just after. Returns the words. */
    String refusal() throws Exception {
        return scenario.refusal(this);
    }

    ApplicationSubmissionContext context(ApplicationId id) {
        ApplicationSubmissionContext context = ApplicationSubmissionContext.newInstance(
                id,
                name,
                queue,
                priority == NO_PRIORITY ? null : Priority.newInstance(priority),
                ContainerLaunchContext.newInstance(Map.of(), Map.of(), List.of("none"), null, null, null),
                masterMb == 0,
                false,
                1,
                Resource.newInstance(masterMb == 0 ? 1024 : masterMb, 1));
        if (!label.isEmpty()) {
            context.setNodeLabelExpression(label);
        }
        context.setApplicationTags(tags);
        if (lifetimeSeconds > 0) {
            context.setApplicationTimeouts(Map.of(ApplicationTimeoutType.LIFETIME, lifetimeSeconds));
        }
        return context;
    }
}
