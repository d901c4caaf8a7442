package dev.heddle.rm.scheduler.queue.mapping;

import java.util.List;

/**
 * What is known of an application before it has a queue.
 *
 * @param groups of the user, the primary one first; none where they are not known
 * @param queue as it is asked for; {@code default} for none in particular
 */
public record Applicant(String user, List<String> groups, String application, String queue) {
    /** Asked for by those that ask for no queue; the queue of that name is {@code root.default}. */
    public static final String NO_QUEUE = "default";

    public Applicant {
        groups = List.copyOf(groups);
    }
}
