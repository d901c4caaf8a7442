package dev.heddle.rm.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.event.ApplicationEvent;
import dev.heddle.rm.event.AttemptEvent;
import dev.heddle.rm.event.ContainerEvent;
import dev.heddle.rm.event.Event;
import dev.heddle.rm.event.NodeEvent;
import dev.heddle.rm.model.ApplicationAcls;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.ApplicationState;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.AttemptState;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ExitStatus;
import dev.heddle.rm.model.FinalStatus;
import dev.heddle.rm.model.LaunchContext;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeOffer;
import dev.heddle.rm.model.NodeState;
import dev.heddle.rm.model.NodeStatus;
import dev.heddle.rm.model.Retries;
import dev.heddle.rm.scheduler.queue.Measure;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import dev.heddle.rm.state.ClusterState;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClusterSnapshotsTest {
    private static final Resource SIZE = new Resource(128, 1);
    private static final NodeId NODE = new NodeId("a", 1);
    private static final int REMEMBERED = 2;

    private final ClusterState state = new ClusterState(
            1,
            0,
            QueuePlan.single(Measure.DOMINANT, SIZE, new Resource(1024, 8), 10, QueueSpec.ApplicationCaps.DEFAULT, 1));
    private final ClusterSnapshots snapshots = new ClusterSnapshots(REMEMBERED);
    private final ApplicationId application = new ApplicationId(1, 1);

    private void happens(Event... events) {
        for (Event event : events) {
            state.apply(event);
        }
        snapshots.publish(state, List.of(events));
    }

    private static ContainerId container(AttemptId attempt, int sequence) {
        return ContainerId.of(attempt, 0, sequence);
    }

    private static Event granted(ContainerId id) {
        return new ContainerEvent.ContainerGranted(id, NODE, new AskKey(3, -1), SIZE, false, 10);
    }

    private static Event ended(ContainerId id) {
        return new ContainerEvent.ContainerEnded(new ContainerExit(id, 7, "why"), NODE, 20);
    }

    private AttemptId startedAttempt(int number) {
        AttemptId attempt = new AttemptId(application, number);
        happens(new AttemptEvent.AttemptStarted(attempt, number));
        return attempt;
    }

    private void accepted() {
        happens(
                new NodeEvent.NodeJoined(
                        NODE,
                        NodeOffer.of(new Resource(1024, 8), 8042, "3.5.0"),
                        new Resource(1024, 8),
                        NodeState.RUNNING,
                        NodeStatus.HEALTHY,
                        1),
                new ApplicationEvent.ApplicationAccepted(
                        application,
                        new ApplicationSpec(
                                "name",
                                "TYPE",
                                "user",
                                "root.default",
                                0,
                                Set.of(),
                                Retries.upTo(2),
                                SIZE,
                                ApplicationSpec.Labels.NONE,
                                false,
                                0,
                                ApplicationAcls.NOBODY,
                                new LaunchContext(new byte[0])),
                        5));
    }

    @Test
    void shouldRememberTheLatestContainersThatHaveEnded() {
        accepted();
        AttemptId attempt = startedAttempt(1);
        for (int i = 1; i <= 4; i++) {
            happens(granted(container(attempt, i)));
        }
        for (int i = 1; i <= 3; i++) {
            happens(ended(container(attempt, i)));
        }
        assertThat(snapshots.containers(attempt))
                .extracting(ContainerSnapshot::id)
                .containsExactly(container(attempt, 2), container(attempt, 3), container(attempt, 4));
        assertThat(snapshots.container(container(attempt, 1))).isNull();
        ContainerSnapshot last = Objects.requireNonNull(snapshots.container(container(attempt, 3)));
        assertThat(last.end()).isEqualTo(new ContainerSnapshot.End(new ContainerExit(last.id(), 7, "why"), 20));
        assertThat(Objects.requireNonNull(snapshots.container(container(attempt, 4)))
                        .end())
                .isNull();
    }

    @Test
    void shouldRememberAContainerThatEndedInTheCommandThatGrantedIt() {
        accepted();
        AttemptId attempt = startedAttempt(1);
        happens(granted(container(attempt, 1)), ended(container(attempt, 1)));
        assertThat(Objects.requireNonNull(snapshots.container(container(attempt, 1)))
                        .end())
                .isNotNull();
    }

    @Test
    void shouldForgetTheContainersOfWhatIsForgotten() {
        accepted();
        AttemptId first = startedAttempt(1);
        happens(granted(container(first, 1)), ended(container(first, 1)));
        happens(new AttemptEvent.AttemptEnded(first, AttemptState.FAILED, ExitStatus.INVALID, "why", 30));
        AttemptId second = startedAttempt(2);
        happens(granted(container(second, 1)), ended(container(second, 1)));
        ApplicationSnapshot both = Objects.requireNonNull(snapshots.application(application));
        assertThat(both.attempts())
                .extracting(ApplicationSnapshot.AttemptSnapshot::id)
                .containsExactly(first, second);
        assertThat(Objects.requireNonNull(both.attempt(first)).endedAtMs()).isEqualTo(30);
        happens(new AttemptEvent.AttemptForgotten(first));
        assertThat(snapshots.containers(first)).isEmpty();
        assertThat(snapshots.containers(second)).hasSize(1);
        happens(
                new AttemptEvent.AttemptEnded(second, AttemptState.KILLED, ExitStatus.INVALID, "", 40),
                new ApplicationEvent.ApplicationEnded(
                        application, ApplicationState.KILLED, FinalStatus.KILLED, "", 40));
        happens(new ApplicationEvent.ApplicationForgotten(application));
        assertThat(snapshots.application(application)).isNull();
        assertThat(snapshots.containers(second)).isEmpty();
    }

    @Test
    void shouldCountApplicationsAlsoThoseThatAreForgotten() {
        accepted();
        assertThat(snapshots.counts()).isEqualTo(new ApplicationCounts(1, 1, 0, 0, 0, 0));
        AttemptId attempt = startedAttempt(1);
        happens(
                new AttemptEvent.AttemptLaunched(attempt, 6),
                new AttemptEvent.AttemptRegistered(attempt, "h", 1, "", 7));
        assertThat(snapshots.counts()).isEqualTo(new ApplicationCounts(1, 0, 1, 0, 0, 0));
        happens(new ApplicationEvent.ApplicationEnded(
                application, ApplicationState.FINISHED, FinalStatus.SUCCEEDED, "", 8));
        happens(new ApplicationEvent.ApplicationForgotten(application));
        assertThat(snapshots.counts()).isEqualTo(new ApplicationCounts(1, 0, 0, 1, 0, 0));
    }
}
