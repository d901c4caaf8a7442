package dev.heddle.rm.core;

import static dev.heddle.rm.core.CoreFixture.SMALL;
import static dev.heddle.rm.core.CoreFixture.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.AdminCommand;
import dev.heddle.rm.command.CoreCommand;
import dev.heddle.rm.command.MasterCommand;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.command.NodeInstructions;
import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.event.NodeEvent;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerSignal;
import dev.heddle.rm.model.ContainerToSignal;
import dev.heddle.rm.model.ContainerUpdate;
import dev.heddle.rm.model.FinalStatus;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeLists;
import dev.heddle.rm.model.NodeState;
import dev.heddle.rm.model.NodeStatus;
import dev.heddle.rm.model.Purpose;
import dev.heddle.rm.model.Utilization;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Health, lists of hosts, decommission and sizes: what nodes go through besides joining and leaving. */
class NodeStatesTest {
    private static final Purpose PURPOSE = new Purpose(new AskKey(0, -1), Set.of());
    private static final NodeStatus SICK = new NodeStatus(false, "no disk", 1, Utilization.NONE, Utilization.NONE);

    private final CoreFixture core = new CoreFixture();

    private void exclude(AdminCommand.Departure departure, int timeoutSeconds, String... hosts) {
        Map<String, Integer> excluded = new HashMap<>();
        for (String host : hosts) {
            excluded.put(host, null);
        }
        core.handle(new AdminCommand.UseNodeLists(new NodeLists(Set.of(), excluded), departure, timeoutSeconds));
    }

    private ContainerId running(NodeId node, AttemptId attempt) {
        ContainerId container =
                core.allocate(attempt, ask(1, 128)).grants().get(0).container();
        core.running(node, container);
        return container;
    }

    @Test
    void shouldGiveNothingToANodeThatIsUnhealthyAndKeepWhatItRuns() {
        NodeId node = core.node("a", 1024);
        AttemptId attempt = core.unmanaged();
        ContainerId container = running(node, attempt);
        core.heartbeat(node, SICK, List.of(container), List.of());
        assertThat(core.state(node).state()).isEqualTo(NodeState.UNHEALTHY);
        assertThat(core.state(node).used()).isEqualTo(SMALL);
        assertThat(core.state.runningNodes()).isZero();
        assertThat(core.allocate(attempt, ask(1, 128)).grants()).isEmpty();
        core.running(node, container);
        assertThat(core.state(node).state()).isEqualTo(NodeState.RUNNING);
        assertThat(core.allocate(attempt).grants()).hasSize(1);
    }

    @Test
    void shouldLetANodeGoWhenItsContainersAndApplicationsAreGone() {
        NodeId node = core.node("a", 1024);
        core.node("b", 128);
        AttemptId attempt = core.unmanaged();
        ContainerId container = running(node, attempt);
        exclude(AdminCommand.Departure.GRACEFUL, -1, "a");
        assertThat(core.state(node).state()).isEqualTo(NodeState.DECOMMISSIONING);
        assertThat(core.allocate(attempt, ask(2, 128)).grants())
                .extracting(grant -> grant.node().host())
                .containsOnly("b");
        core.nowMs += 5_000;
        assertThat(core.running(node, container).action()).isEqualTo(NodeInstructions.Action.NORMAL);
        assertThat(core.ended(node, container, 0, "").action())
                .as("others may still fetch what the application left there")
                .isEqualTo(NodeInstructions.Action.NORMAL);
        core.handle(new MasterCommand.FinishMaster(attempt, FinalStatus.SUCCEEDED, "", ""));
        assertThat(core.running(node).action()).isEqualTo(NodeInstructions.Action.SHUTDOWN);
        assertThat(core.state(node).state()).isEqualTo(NodeState.DECOMMISSIONED);
    }

    @Test
    void shouldLetANodeGoWhenItsTimeIsUp() {
        NodeId node = core.node("a", 1024);
        AttemptId attempt = core.unmanaged();
        ContainerId container = running(node, attempt);
        exclude(AdminCommand.Departure.GRACEFUL, 5, "a");
        core.nowMs += 4_999;
        core.handle(new CoreCommand.Expire());
        assertThat(core.state(node).state()).isEqualTo(NodeState.DECOMMISSIONING);
        core.nowMs += 1;
        core.handle(new CoreCommand.Expire());
        assertThat(core.state(node).state()).isEqualTo(NodeState.DECOMMISSIONED);
        assertThat(core.allocate(attempt).exits())
                .extracting(ContainerExit::container)
                .containsExactly(container);
        assertThat(core.heartbeat(node, List.of(), List.of()).action()).isEqualTo(NodeInstructions.Action.SHUTDOWN);
    }

    @Test
    void shouldLetANodeStayThatIsExcludedNoMore() {
        NodeId node = core.node("a", 1024);
        exclude(AdminCommand.Departure.GRACEFUL, 5, "a");
        exclude(AdminCommand.Departure.GRACEFUL, 5);
        assertThat(core.state(node).state()).isEqualTo(NodeState.RUNNING);
        assertThat(core.running(node).action()).isEqualTo(NodeInstructions.Action.NORMAL);
    }

    @Test
    void shouldThrowOutWhatIsStillBeingEmptied() {
        NodeId node = core.node("a", 1024);
        NodeId other = core.node("b", 1024);
        running(node, core.unmanaged());
        exclude(AdminCommand.Departure.GRACEFUL, -1, "a");
        core.handle(new AdminCommand.DecommissionNow());
        assertThat(core.state(node).state()).isEqualTo(NodeState.DECOMMISSIONED);
        assertThat(core.state(other).state()).isEqualTo(NodeState.RUNNING);
    }

    @Test
    void shouldShowExcludedHostsThatWereNeverHereUntilTheyCome() {
        exclude(AdminCommand.Departure.AT_START, -1, "a");
        NodeId shown = new NodeId("a", -1);
        assertThat(core.state(shown).state()).isEqualTo(NodeState.DECOMMISSIONED);
        exclude(AdminCommand.Departure.NOW, -1);
        core.node("a", 1024);
        assertThat(core.state.node(shown)).isNull();
    }

    @Test
    void shouldForgetNodesThatAreInNoListAnyMore() {
        NodeId node = core.node("a", 1024);
        core.handle(
                new AdminCommand.UseNodeLists(new NodeLists(Set.of("b"), Map.of()), AdminCommand.Departure.NOW, -1));
        assertThat(core.state(node).state()).isEqualTo(NodeState.SHUTDOWN);
        core.nowMs += 5_000;
        core.handle(new CoreCommand.Expire());
        assertThat(core.state.node(node)).isNull();
    }

    @Test
    void shouldKeepWhatRunsOnANodeThatIsOutOfStepUntilItHasRegistered() {
        NodeId node = core.node("a", 1024);
        AttemptId attempt = core.unmanaged();
        ContainerId container = running(node, attempt);
        assertThat(core.handle(new NodeCommand.NodeHeartbeat(node, 77, NodeStatus.HEALTHY, List.of(), List.of()))
                        .diagnostics())
                .isEqualTo("Too far behind rm response id:1 nm response id:77");
        assertThat(core.state(node).state()).isEqualTo(NodeState.REBOOTED);
        assertThat(core.allocate(attempt, ask(1, 128)).grants()).isEmpty();
        core.register(node, new Resource(1024, 8), List.of(container), List.of());
        assertThat(core.state(node).state()).isEqualTo(NodeState.RUNNING);
        assertThat(core.state.container(container)).isNotNull();
    }

    @Test
    void shouldChangeSizesOfAllNodesOrNone() {
        NodeId node = core.node("a", 1024);
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> core.handle(
                        new AdminCommand.UpdateNodeResources(Map.of(node, SMALL, new NodeId("nobody", 1), SMALL))))
                .withMessageContaining("unrecognized node: nobody:1");
        assertThat(core.state(node).total().memoryMb()).isEqualTo(1024);
        core.handle(new AdminCommand.UpdateNodeResources(Map.of(node, SMALL)));
        assertThat(core.state.total()).isEqualTo(SMALL);
        assertThat(core.running(node).orders().total()).isEqualTo(SMALL);
        assertThat(core.running(node).orders().total()).isNull();
    }

    @Test
    void shouldPassOnSignalsAndTheLatestUpdateOnce() {
        NodeId node = core.node("a", 1024);
        ContainerId container = running(node, core.unmanaged());
        ContainerToSignal signal = new ContainerToSignal(container, ContainerSignal.GRACEFUL_SHUTDOWN);
        ContainerUpdate update = new ContainerUpdate(container, SMALL, 2, PURPOSE, true, false);
        core.state.apply(new NodeEvent.NodeToldToSignal(node, signal));
        core.state.apply(
                new NodeEvent.NodeToldToUpdate(node, new ContainerUpdate(container, SMALL, 1, PURPOSE, true, false)));
        core.state.apply(new NodeEvent.NodeToldToUpdate(node, update));
        NodeInstructions told = core.running(node, container);
        assertThat(told.orders().signals()).containsExactly(signal);
        assertThat(told.orders().updates()).containsExactly(update);
        assertThat(core.running(node, container).orders().signals()).isEmpty();
    }
}
