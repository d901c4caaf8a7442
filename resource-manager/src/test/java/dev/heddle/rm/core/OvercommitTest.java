package dev.heddle.rm.core;

import static dev.heddle.rm.core.CoreFixture.SMALL;
import static dev.heddle.rm.core.CoreFixture.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.AdminCommand;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.CoreCommand;
import dev.heddle.rm.model.ApplicationState;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.AttemptState;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerState;
import dev.heddle.rm.model.ExitStatus;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.state.Container;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes that have become smaller than what their containers hold. */
class OvercommitTest {
    private final CoreFixture core = new CoreFixture();
    private NodeId node = new NodeId("h1", 1000);
    private AttemptId attempt = CoreFixture.NOBODY;
    private final List<ContainerId> running = new ArrayList<>();

    /** A master and four containers of 128 MB and a core, each younger than the one before. */
    @BeforeEach
    void fill() {
        node = core.node("h1", 640);
        attempt = core.running();
        for (int count = 1; count <= 4; count++) {
            core.nowMs++;
            Allocation reply = core.allocate(attempt, ask(1, 128));
            running.add(reply.grants().get(0).container());
        }
        running.add(0, core.master(attempt));
        core.running(node, running.toArray(ContainerId[]::new));
    }

    private void shrink(long memoryMb, Map<NodeId, Integer> graceMs) {
        core.handle(new AdminCommand.UpdateNodeResources(Map.of(node, new Resource(memoryMb, 8)), graceMs));
    }

    private List<ContainerId> stopping() {
        return running.stream()
                .filter(id -> {
                    Container container = core.state.container(id);
                    return container != null && container.state() == ContainerState.STOPPING;
                })
                .toList();
    }

    @Test
    void shouldBearItForEverWhereNoTimeIsSet() {
        shrink(128, Map.of());
        shrink(256, Map.of(node, -1));
        core.nowMs += 9_000;
        core.running(node);
        core.handle(new CoreCommand.Expire());
        assertThat(stopping()).isEmpty();
    }

    @Test
    void shouldLetTheYoungestGoAtOnceWhereThereIsNoTime() {
        shrink(384, Map.of(node, 0));
        assertThat(stopping()).containsExactly(running.get(3), running.get(4));
        core.handle(new CoreCommand.Expire());
        assertThat(stopping()).as("what is on its way counts").hasSize(2);
        core.ended(node, running.get(4), 143, "killed");
        core.ended(node, running.get(3), 143, "killed");
        assertThat(core.allocate(attempt).exits())
                .extracting(ContainerExit::status, ContainerExit::diagnostics)
                .containsExactly(
                        tuple(ExitStatus.PREEMPTED, "Container preempted by scheduler"),
                        tuple(ExitStatus.PREEMPTED, "Container preempted by scheduler"));
        core.handle(new CoreCommand.Expire());
        assertThat(core.state(node).overcommittedUntilMs()).as("it fits").isZero();
    }

    @Test
    void shouldWaitUntilTheTimeIsUp() {
        shrink(512, Map.of(node, 5_000));
        core.nowMs += 4_999;
        core.handle(new CoreCommand.Expire());
        assertThat(stopping()).isEmpty();
        core.nowMs++;
        core.handle(new CoreCommand.Expire());
        assertThat(stopping()).containsExactly(running.get(4));
    }

    @Test
    void shouldTellTheMasterWhatMayGo() {
        shrink(384, Map.of(node, 5_000));
        Allocation.Losses told = core.allocate(attempt).prospects().losses();
        assertThat(told.containers()).containsExactly(running.get(4), running.get(3));
        assertThat(told.units()).isEqualTo(2);
        shrink(256, Map.of(node, 6_000));
        core.ended(node, running.get(4), 0, "");
        assertThat(core.allocate(attempt).prospects().losses().containers())
                .as("not of what is gone")
                .containsExactly(running.get(3), running.get(2));
        assertThat(core.allocate(attempt).prospects().losses()).isEqualTo(Allocation.Losses.NONE);
    }

    @Test
    void shouldLetNothingGoWhereItFitsBefore() {
        shrink(512, Map.of(node, 5_000));
        core.ended(node, running.get(1), 0, "");
        core.nowMs += 5_000;
        core.handle(new CoreCommand.Expire());
        assertThat(stopping()).isEmpty();
        assertThat(core.state(node).overcommittedUntilMs()).isZero();
    }

    @Test
    void shouldTakeTheMasterLastAndNotBlameIt() {
        core.handle(new AdminCommand.UseDynamicResources(Map.of(node, SMALL), Map.of(node, 0)));
        assertThat(stopping()).containsExactlyElementsOf(running.subList(1, 5));
        shrink(0, Map.of(node, 0));
        assertThat(stopping()).containsExactlyElementsOf(running);
        core.ended(node, running.get(0), 143, "killed");
        assertThat(Objects.requireNonNull(core.state.attempt(attempt)).exitStatus())
                .isEqualTo(ExitStatus.PREEMPTED);
        assertThat(core.application(attempt.application()).state()).isEqualTo(ApplicationState.ACCEPTED);
    }

    @Test
    void shouldEndAMasterThatHasNotBegun() {
        NodeId other = core.node("h2", 128);
        AttemptId waiting = core.current(core.submit(CoreFixture.spec())).id();
        core.handle(new AdminCommand.UpdateNodeResources(Map.of(other, Resource.NONE), Map.of(other, 0)));
        assertThat(Objects.requireNonNull(core.state.attempt(waiting)).state()).isEqualTo(AttemptState.FAILED);
        assertThat(core.current(waiting.application()).id().number()).isEqualTo(2);
    }

    @Test
    void shouldForgetTheTimeOfANodeThatIsGone() {
        shrink(512, Map.of(node, 5_000));
        core.nowMs += 10_000;
        core.handle(new CoreCommand.Expire());
        core.register(node, new Resource(128, 8), List.of(), List.of());
        assertThat(core.state(node).overcommittedUntilMs()).isZero();
    }
}
