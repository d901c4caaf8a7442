package dev.heddle.nm.container;

import java.time.Instant;
import java.util.List;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;

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

    /** An application with containers or files here. */
    public record RestoredApplication(ApplicationId id, String user, ApplicationState state) {}

    /** A container of which nothing is left but the memory; see {@link NodeJournal#forgotten}. */
    public record Recent(ContainerId id, Instant startedUntil, Instant stoppedUntil) {}
}
