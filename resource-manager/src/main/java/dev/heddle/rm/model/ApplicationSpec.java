package dev.heddle.rm.model;

import dev.heddle.common.resources.Resource;
import java.util.Set;

/**
 * What was submitted.
 *
 * @param queue as it was named; once accepted, the path of the leaf
 * @param priority higher numbers are served first; {@link #NO_PRIORITY} for that of the queue
 * @param retries how its master is tried again
 * @param masterResource the size of its master's container
 * @param labels of the nodes that it is for
 * @param unmanaged whether its master runs outside the cluster and is not started by the RM
 * @param lifetimeMs how long it may take from its submission on, or 0 for ever
 */
public record ApplicationSpec(
        String name,
        String type,
        String user,
        String queue,
        int priority,
        Set<String> tags,
        Retries retries,
        Resource masterResource,
        Labels labels,
        boolean unmanaged,
        long lifetimeMs,
        ApplicationAcls acls,
        LaunchContext launchContext) {
    /** Where a submission names no priority. */
    public static final int NO_PRIORITY = Integer.MIN_VALUE;

    public ApplicationSpec {
        tags = Set.copyOf(tags);
    }

    /** Whether the submission names a priority. */
    public boolean hasPriority() {
        return priority != NO_PRIORITY;
    }

    /** Whether what runs when an attempt fails is left to the next one. */
    public boolean keepContainers() {
        return retries.keepContainers();
    }

    /**
     * The labels of the nodes that an application is for; empty for nodes without.
     *
     * @param containers of those that name no label of their own
     * @param master of its master
     */
    public record Labels(String containers, String master) {
        public static final Labels NONE = new Labels("", "");
    }

    /** The same in another queue. */
    public ApplicationSpec in(String path) {
        return new ApplicationSpec(
                name,
                type,
                user,
                path,
                priority,
                tags,
                retries,
                masterResource,
                labels,
                unmanaged,
                lifetimeMs,
                acls,
                launchContext);
    }

    /** How many attempts may fail. */
    public int maxAttempts() {
        return retries.maxAttempts();
    }
}
