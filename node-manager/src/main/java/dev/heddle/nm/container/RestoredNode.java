package dev.heddle.nm.container;

import java.time.Instant;
import java.util.List;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.jspecify.annotations.Nullable;

/** What an earlier node manager has left. Immutable. */
public record RestoredNode(
        List<RestoredApplication> applications, List<RestoredContainer> containers, List<Recent> recent) {
    /** Where there was none, or one whose containers ended with it. */
    public static final RestoredNode NONE = new RestoredNode(List.of(), List.of(), List.of());

    public RestoredNode {
        applications = List.copyOf(applications);
        containers = List.copyOf(containers);
        recent = List.copyOf(recent);
    }

    /** The order of one of an application's containers, or null where it has none any more. */
    @Nullable
    StartOrder orderOf(ApplicationId application) {
        for (RestoredContainer container : containers) {
            StartOrder order = container.order();
            if (order.token()
                    .getContainerID()
                    .getApplicationAttemptId()
                    .getApplicationId()
                    .equals(application)) {
                return order;
            }
        }
        return null;
    }

    /** An application with containers or files here. */
    public record RestoredApplication(ApplicationId id, String user, ApplicationState state) {}

    /** A container of which nothing is left but the memory; see {@link NodeJournal#forgotten}. */
    public record Recent(ContainerId id, Instant startedUntil, Instant stoppedUntil) {}
}
