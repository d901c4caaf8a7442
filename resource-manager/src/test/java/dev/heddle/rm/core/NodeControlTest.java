package dev.heddle.rm.core;

import static dev.heddle.rm.core.CoreFixture.SMALL;
import static dev.heddle.rm.core.CoreFixture.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.CoreCommand;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.command.NodeInstructions;
import dev.heddle.rm.command.NodeRegistered;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerState;
import dev.heddle.rm.model.ExitStatus;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeOffer;
import dev.heddle.rm.model.NodeState;
import dev.heddle.rm.model.NodeStatus;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class NodeControlTest {
    private final CoreFixture core = new CoreFixture();

    @Test
    void shouldTellTheNodeToForgetAnExitWhenItsMasterKnows() {
        NodeId node = core.node("a", 1024);
        AttemptId attempt = core.unmanaged();
        ContainerId container =
                core.allocate(attempt, ask(1, 128)).grants().get(0).container();
        assertThat(core.ended(node, container, 1, "oops").forget()).isEmpty();
        assertThat(core.allocate(attempt).exits()).hasSize(1);
        assertThat(core.running(node).forget()).as("the reply may be lost").isEmpty();
        assertThat(core.ended(node, container, 1, "oops").forget())
                .as("it is still not sure")
                .isEmpty();
        core.allocate(attempt);
        assertThat(core.running(node).forget()).containsExactly(container);
        assertThat(core.running(node).forget()).isEmpty();
    }

    @Test
    void shouldTellTheNodeToForgetWhatNobodyIsLeftToBeTold() {
        NodeId node = core.node("a", 1024);
        AttemptId attempt = core.running();
        ContainerId master = core.master(attempt);
        ContainerId container =
                core.allocate(attempt, ask(1, 128)).grants().get(0).container();
        core.running(node, master, container);
        assertThat(core.ended(node, container, 1, "oops").forget()).isEmpty();
        NodeInstructions told = core.ended(node, master, 1, "oops");
        assertThat(told.forget()).as("with the attempt").containsExactlyInAnyOrder(container, master);
    }

    @Test
    void shouldLeaveAnExitToTheNextAttemptWhereContainersAreKept() {
        NodeId node = core.node("a", 1024);
        AttemptId first = core.running(core.submit(CoreFixture.keeping(false)));
        ContainerId container =
                core.allocate(first, ask(1, 128)).grants().get(0).container();
        core.running(node, core.master(first), container);
        core.ended(node, container, 7, "seven");
        assertThat(core.ended(node, core.master(first), 1, "oops").forget())
                .containsExactly(ContainerId.of(first, core.state.epoch(), 1));
        AttemptId second = core.running(first.application());
        assertThat(core.allocate(second).exits())
                .extracting(ContainerExit::status)
                .containsExactly(7);
        core.allocate(second);
        assertThat(core.running(node).forget()).containsExactly(container);
    }

    @Test
    void shouldRepeatTheReplyToANodeAndResyncOneThatIsOutOfStep() {
        NodeId node = core.node("a", 1024);
        NodeCommand.NodeHeartbeat call =
                new NodeCommand.NodeHeartbeat(node, 0, NodeStatus.HEALTHY, List.of(), List.of());
        NodeInstructions first = core.handle(call);
        assertThat(core.handle(call)).isSameAs(first);
        assertThat(core.handle(new NodeCommand.NodeHeartbeat(node, 9, NodeStatus.HEALTHY, List.of(), List.of()))
                        .resync())
                .isTrue();
        assertThat(core.handle(new NodeCommand.NodeHeartbeat(
                                new NodeId("unknown", 1), 0, NodeStatus.HEALTHY, List.of(), List.of()))
                        .resync())
                .isTrue();
    }

    @Test
    void shouldTellANodeToEndWhatNobodyKnows() {
        NodeId node = core.node("a", 1024);
        ContainerId stranger = ContainerId.of(new AttemptId(new ApplicationId(1, 1), 1), 1, 1);
        assertThat(core.running(node, stranger).stop()).containsExactly(stranger);
        assertThat(core.ended(node, stranger, 0, "").forget()).containsExactly(stranger);
    }

    @Test
    void shouldGiveUpANodeThatIsSilentForTooLong() {
        NodeId silent = core.node("a", 1024);
        AttemptId attempt = core.running();
        NodeId other = core.node("b", 1024);
        core.nowMs += 9_999;
        core.running(other);
        core.handle(new CoreCommand.Expire());
        assertThat(core.state(silent).state()).isEqualTo(NodeState.RUNNING);
        core.nowMs += 1;
        core.handle(new CoreCommand.Expire());
        assertThat(core.state(silent).state()).isEqualTo(NodeState.LOST);
        AttemptId second = core.current(attempt.application()).id();
        assertThat(second.number()).isEqualTo(2);
        assertThat(Objects.requireNonNull(core.current(attempt.application()).master())
                        .node())
                .isEqualTo(other);
        assertThat(core.heartbeat(silent, List.of(), List.of()).resync()).isTrue();
        core.register(silent, new Resource(1024, 8), List.of(core.master(attempt)), List.of());
        assertThat(core.state(silent).state()).isEqualTo(NodeState.RUNNING);
        assertThat(core.running(silent).stop()).containsExactly(core.master(attempt));
    }

    @Test
    void shouldTakeBackAGrantThatNobodyUses() {
        NodeId node = core.node("a", 1024);
        AttemptId attempt = core.unmanaged();
        ContainerId unused = core.allocate(attempt, ask(1, 128)).grants().get(0).container();
        for (int i = 0; i < 6; i++) {
            core.nowMs += 5_000;
            core.running(node);
            core.allocate(attempt);
        }
        core.handle(new CoreCommand.Expire());
        assertThat(core.allocate(attempt).exits())
                .containsExactly(
                        new ContainerExit(unused, ExitStatus.ABORTED, "Container expired since it was unused"));
    }

    @Test
    void shouldKeepWhatANodeThatRegistersAgainStillRunsAndLoseTheRest() {
        NodeId node = core.node("a", 1024);
        AttemptId attempt = core.unmanaged();
        List<ContainerId> two = core.allocate(attempt, ask(2, 128)).grants().stream()
                .map(Allocation.Grant::container)
                .toList();
        core.running(node, two.get(0), two.get(1));
        core.register(node, new Resource(2048, 8), List.of(two.get(0)), List.of());
        assertThat(core.state(node).total()).isEqualTo(new Resource(2048, 8));
        assertThat(core.state.total()).isEqualTo(new Resource(2048, 8));
        assertThat(core.state(node).containers())
                .extracting(container -> container.id() + " " + container.state())
                .containsExactly(two.get(0) + " " + ContainerState.RUNNING);
        assertThat(core.allocate(attempt).exits())
                .extracting(ContainerExit::container)
                .containsExactly(two.get(1));
    }

    @Test
    void shouldLoseAMasterAndWhatItHadBeenGrantedOnTheSameNodeOnlyOnce() {
        NodeId node = core.node("a", 1024);
        AttemptId attempt = core.running();
        core.allocate(attempt, ask(2, 128));
        core.register(node, new Resource(1024, 8), List.of(), List.of());
        assertThat(core.current(attempt.application()).id().number()).isEqualTo(2);
        assertThat(core.state(node).used()).isEqualTo(SMALL);
    }

    @Test
    void shouldRefuseANodeThatIsSmallerThanTheSmallestContainer() {
        NodeRegistered reply = core.handle(new NodeCommand.RegisterNode(
                new NodeId("tiny", 1),
                NodeOffer.of(new Resource(64, 1), 0, ""),
                NodeStatus.HEALTHY,
                List.of(),
                List.of()));
        assertThat(reply.accepted()).isFalse();
        assertThat(reply.refusal()).contains("tiny", "64 MB", "128 MB");
        assertThat(core.state.runningNodes()).isZero();
    }

    @Test
    void shouldLoseWhatRunsOnANodeThatLeaves() {
        NodeId node = core.node("a", 1024);
        AttemptId attempt = core.unmanaged();
        ContainerId container =
                core.allocate(attempt, ask(1, 128)).grants().get(0).container();
        core.handle(new NodeCommand.UnregisterNode(node));
        assertThat(core.state(node).state()).isEqualTo(NodeState.SHUTDOWN);
        assertThat(core.state.total()).isEqualTo(Resource.NONE);
        assertThat(core.allocate(attempt).exits())
                .extracting(ContainerExit::container, ContainerExit::status)
                .containsExactly(tuple(container, ExitStatus.ABORTED));
    }

    @Test
    void shouldRememberOnlySoManyGoneNodesAndUseTheirPlacesAgain() {
        for (int i = 0; i < 5; i++) {
            core.handle(new NodeCommand.UnregisterNode(core.node("gone" + i, 1024)));
        }
        assertThat(core.state.goneNodes()).containsExactly(new NodeId("gone3", 1000), new NodeId("gone4", 1000));
        assertThat(core.state.node(new NodeId("gone0", 1000))).isNull();
        NodeId first = core.node("a", 1024);
        NodeId back = core.node("gone3", 1024);
        assertThat(core.state.goneNodes()).containsExactly(new NodeId("gone4", 1000));
        AttemptId attempt = core.unmanaged();
        assertThat(core.allocate(attempt, ask(2, 1024)).grants())
                .extracting(Allocation.Grant::node)
                .containsExactlyInAnyOrder(first, back);
    }
}
