package dev.heddle.nm.container;

import dev.heddle.nm.retry.RetryBudget.Spent;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.jspecify.annotations.Nullable;

/**
 * How far a container has come, as far as that must survive the node manager. Immutable.
 *
 * @param run how often a process was about to be started, this time included; 0 before the first
 * @param killReason who wants it dead, or null where nobody does
 * @param done nothing of it runs any more, and its exit status is final
 * @param exitStatus {@link ContainerExitStatus#INVALID} until it is known
 * @param retries how often it has been started again, before this run
 */
public record ContainerProgress(
        int run, @Nullable KillReason killReason, boolean done, int exitStatus, String diagnostics, Spent retries) {
    /** Of a container that has been accepted. */
    public static final ContainerProgress ACCEPTED =
            new ContainerProgress(0, null, false, ContainerExitStatus.INVALID, "", Spent.NOTHING);
}
