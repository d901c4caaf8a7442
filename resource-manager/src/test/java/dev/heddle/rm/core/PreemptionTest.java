package dev.heddle.rm.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.AdminCommand;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.CoreCommand;
import dev.heddle.rm.command.MasterCommand;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.command.Wishes;
import dev.heddle.rm.event.QueueEvent;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerState;
import dev.heddle.rm.model.ExitStatus;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.scheduler.preemption.Loss;
import dev.heddle.rm.scheduler.preemption.PreemptionPlan;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How queues, users and urgent applications get back what they are owed. */
class PreemptionTest {
    private static final String KEYS = "yarn.resourcemanager.monitor.capacity.preemption.";
    private static final long GRACE_MS = 15_000;

    private CoreFixture core = with("root.queues=a,b", "root.a.capacity=50", "root.b.capacity=50");

    private static CoreFixture with(String... lines) {
        return new CoreFixture(CoreFixture.POLICY, plan(lines));
    }

    private static QueuePlan plan(String... lines) {
        return CoreFixture.plan(Stream.concat(
                        Stream.of(
                                "maximum-am-resource-percent=1",
                                "user-limit-factor=10",
                                "yarn.resourcemanager.scheduler.monitor.enable=true",
                                KEYS + "total_preemption_per_round=1",
                                KEYS + "natural_termination_factor=1",
                                KEYS + "max_ignored_over_capacity=0"),
                        Stream.of(lines))
                .toArray(String[]::new));
    }

    private AttemptId application(String queue) {
        return application(queue, "user", 0);
    }

    private AttemptId application(String queue, String user, int priority) {
        ApplicationSpec spec = CoreFixture.spec(1, CoreFixture.SMALL, true);
        AttemptId attempt = new AttemptId(core.submit(CoreFixture.spec(queue, user, priority, spec)), 1);
        core.handle(new MasterCommand.RegisterMaster(attempt, "host", 1, ""));
        return attempt;
    }

    private static Ask ask(int count, long memoryMb) {
        return ask(1, count, memoryMb);
    }

    private static Ask ask(int priority, int count, long memoryMb) {
        return new Ask(new AskKey(priority, -1), Ask.ANYWHERE, new Resource(memoryMb, 1), count, true, "");
    }

    private int containers(AttemptId attempt) {
        return Objects.requireNonNull(core.state.attempt(attempt)).containers().size();
    }

    private PreemptionPlan round(long laterMs) {
        core.nowMs += laterMs;
        return core.handle(new CoreCommand.Preempt());
    }

    /** Both parents have what they are guaranteed, and the other one comes first: what is taken for a queue goes to it. */
    @Test
    void shouldGiveWhatIsTakenToWhomItIsOwed() {
        core = with(
                "root.queues=a,b,e",
                "root.a.capacity=25",
                "root.a.priority=5",
                "root.b.capacity=50",
                "root.b.queues=c,d",
                "root.b.c.capacity=50",
                "root.b.d.capacity=50",
                "root.e.capacity=25",
                "root.ordering-policy=priority-utilization");
        NodeId node = core.node("n", new Resource(5_120, 100));
        AttemptId c = application("root.b.c");
        AttemptId a = application("root.a");
        AttemptId d = application("root.b.d");
        List<ContainerId> running = new ArrayList<>();
        core.allocate(c, ask(20, 128)).grants().forEach(grant -> running.add(grant.container()));
        core.allocate(d, ask(5, 128)).grants().forEach(grant -> running.add(grant.container()));
        core.allocate(a, ask(40, 128)).grants().forEach(grant -> running.add(grant.container()));
        assertThat(running).hasSize(40);
        core.running(node, running.toArray(ContainerId[]::new));
        core.allocate(d, ask(1, 128));
        PreemptionPlan plan = round(0);
        assertThat(plan.losses()).hasSize(1);
        round(GRACE_MS);
        core.ended(node, plan.losses().get(0).container(), 143, "");
        assertThat(containers(d)).isEqualTo(6);
        assertThat(core.state(node).reservation()).isNull();
    }

    @Test
    void shouldTellAMasterAndEndItsContainersAfterTheGrace() {
        NodeId node = core.node("n", new Resource(10_240, 100));
        AttemptId a = application("a");
        AttemptId b = application("b");
        List<ContainerId> had = new ArrayList<>();
        core.allocate(a, ask(20, 1_024)).grants().forEach(grant -> had.add(grant.container()));
        assertThat(had).hasSize(10);
        core.running(node, had.toArray(ContainerId[]::new));
        core.allocate(b, ask(20, 1_024));
        List<ContainerId> youngest = had.subList(5, 10);
        assertThat(round(0).losses()).extracting(Loss::container).containsExactlyInAnyOrderElementsOf(youngest);
        Allocation.Losses told = core.allocate(a).prospects().losses();
        assertThat(told.containers()).containsExactlyInAnyOrderElementsOf(youngest);
        assertThat(told.unit()).isEqualTo(CoreFixture.SMALL);
        assertThat(told.units()).isEqualTo(40);
        assertThat(core.allocate(a).prospects().losses()).as("it is told once").isEqualTo(Allocation.Losses.NONE);
        round(GRACE_MS - 1);
        assertThat(core.state.preemptions().stopping()).isEmpty();
        round(1);
        assertThat(core.state.preemptions().stopping())
                .extracting(Container::id)
                .containsExactlyInAnyOrderElementsOf(youngest);
        assertThat(round(GRACE_MS).losses()).as("what is on its way counts").isEmpty();
        List<ContainerExit> ended = new ArrayList<>();
        youngest.forEach(id -> ended.add(new ContainerExit(id, 143, "killed")));
        core.heartbeat(node, had.subList(0, 5), ended);
        assertThat(containers(a)).isEqualTo(5);
        assertThat(containers(b)).isEqualTo(5);
        assertThat(core.allocate(a).exits())
                .hasSize(5)
                .extracting(ContainerExit::status, ContainerExit::diagnostics)
                .containsOnly(tuple(ExitStatus.PREEMPTED, "Container preempted by scheduler"));
        assertThat(round(GRACE_MS).losses()).as("each has its own").isEmpty();
    }

    /** Everything that was granted runs; what was told to end has ended. */
    private void beat() {
        for (Node node : List.copyOf(core.state.nodes())) {
            List<ContainerId> running = new ArrayList<>();
            List<ContainerExit> ended = new ArrayList<>();
            for (Container container : node.containers()) {
                if (container.state() == ContainerState.STOPPING) {
                    ended.add(new ContainerExit(container.id(), 143, "killed"));
                } else {
                    running.add(container.id());
                }
            }
            core.heartbeat(node.id(), running, ended);
        }
    }

    private AttemptId fills(String queue, int count, long memoryMb) {
        AttemptId attempt = application(queue);
        core.allocate(attempt, ask(count, memoryMb));
        core.allocate(attempt);
        beat();
        return attempt;
    }

    @Test
    void shouldWithdrawANoticeOfWhatIsNotOwedAnyMore() {
        core.node("n", new Resource(4_096, 100));
        AttemptId a = fills("a", 4, 1_024);
        AttemptId b = application("b");
        core.allocate(b, ask(2, 1_024));
        round(0);
        assertThat(core.state.preemptions().notices()).hasSize(2);
        core.allocate(b, ask(1, 1_024));
        round(0);
        assertThat(core.state.preemptions().notices()).hasSize(1);
        core.allocate(b, ask(0, 1_024));
        assertThat(round(GRACE_MS).losses()).isEmpty();
        assertThat(core.state.preemptions().notices()).isEmpty();
        assertThat(core.allocate(a).prospects().losses())
                .as("what is withdrawn before it is told is not told")
                .isEqualTo(Allocation.Losses.NONE);
        core.allocate(b, ask(1, 1_024));
        round(0);
        round(GRACE_MS - 1);
        assertThat(core.state.preemptions().stopping())
                .as("the time begins anew")
                .isEmpty();
    }

    @Test
    void shouldEndNothingForWhatNoNodeIsLargeEnoughFor() {
        core = with("root.queues=a,b", "root.a.capacity=25", "root.b.capacity=75");
        core.node("n1", new Resource(2_048, 100));
        core.node("n2", new Resource(2_048, 100));
        NodeId large = core.node("n3", new Resource(4_096, 100));
        fills("a", 8, 1_024);
        core.allocate(application("b"), ask(1, 3_072));
        core.handle(new NodeCommand.UnregisterNode(large));
        assertThat(round(0).losses()).isEmpty();
        core.allocate(application("b"), ask(1, 2_048));
        assertThat(round(0).losses()).hasSize(2);
    }

    @Test
    void shouldMakeRoomForALargeContainerOnOneNodeAtOnce() {
        core.node("n1", new Resource(4_096, 100));
        core.node("n2", new Resource(4_096, 100));
        AttemptId a = fills("a", 8, 1_024);
        AttemptId b = application("b");
        core.allocate(b, ask(1, 3_072));
        PreemptionPlan plan = round(0);
        assertThat(plan.losses()).hasSize(3);
        assertThat(plan.losses().stream().map(Loss::node).distinct()).hasSize(1);
        round(GRACE_MS);
        beat();
        assertThat(containers(a)).isEqualTo(5);
        assertThat(containers(b)).isEqualTo(1);
        assertThat(round(GRACE_MS).losses()).as("3 GB of its 4 GB").isEmpty();
    }

    @Test
    void shouldEndNothingWhereTheAskerDoesNotWantToGo() {
        core.node("n1", new Resource(2_048, 100));
        AttemptId a = fills("a", 2, 1_024);
        core.node("n2", new Resource(1_024, 100));
        AttemptId b = fills("b", 1, 1_024);
        core.allocate(
                b,
                new Wishes(
                        List.of(CoreFixture.ask("n2", 1, 1_024, true), CoreFixture.ask(Ask.ANYWHERE, 1, 1_024, false)),
                        List.of(),
                        List.of(),
                        Wishes.BlacklistChange.NONE,
                        List.of()));
        assertThat(round(0).losses()).as("n2 alone will do").isEmpty();
        core.allocate(
                b,
                new Wishes(
                        List.of(CoreFixture.ask("n2", 0, 1_024, true), CoreFixture.ask(Ask.ANYWHERE, 1, 1_024, true)),
                        List.of(),
                        List.of(),
                        new Wishes.BlacklistChange(List.of("n1"), List.of()),
                        List.of()));
        assertThat(round(0).losses()).as("n1 is excluded").isEmpty();
        core.allocate(
                b,
                new Wishes(
                        List.of(),
                        List.of(),
                        List.of(),
                        new Wishes.BlacklistChange(List.of(), List.of("n1")),
                        List.of()));
        assertThat(containers(a)).isEqualTo(2);
        assertThat(round(0).losses())
                .as("one of a's two is above its guarantee of 1.5 GB")
                .isEmpty();
        core.handle(new AdminCommand.ChangeQueues(plan("root.queues=a,b", "root.a.capacity=33", "root.b.capacity=67")));
        assertThat(round(0).losses()).hasSize(1);
    }

    @Test
    void shouldTellWhatItObservesWheneverItIsSomethingElse() {
        core = with("root.queues=a,b", "root.a.capacity=50", "root.b.capacity=50", KEYS + "observe_only=true");
        core.node("n", new Resource(4_096, 100));
        fills("a", 4, 1_024);
        AttemptId b = application("b");
        core.allocate(b, ask(1, 1_024));
        core.events.clear();
        round(0);
        round(GRACE_MS);
        core.allocate(b, ask(0, 1_024));
        core.events.removeIf(event -> !(event instanceof QueueEvent.PreemptionObserved));
        assertThat(core.events)
                .containsExactly(new QueueEvent.PreemptionObserved(
                        core.state.preemptions().observed()));
        round(GRACE_MS);
        assertThat(core.state.preemptions().observed()).isEmpty();
        assertThat(core.state.preemptions().stopping()).isEmpty();
    }

    @Test
    void shouldSayWhoLosesWhatToWhomAndWhy() {
        core.node("n", new Resource(4_096, 100));
        AttemptId a = fills("a", 4, 1_024);
        AttemptId b = application("b");
        core.allocate(b, ask(1, 1_024));
        int events = core.events.size();
        PreemptionPlan plan = core.handle(new CoreCommand.PlanPreemption());
        assertThat(core.events).as("nothing happens").hasSize(events);
        assertThat(plan.sentences())
                .containsExactly(ContainerId.of(a, core.state.epoch(), 4)
                        + " of queue root.a (1024 MB, 1 vcore on n:1000) is owed to " + b.application()
                        + " of queue root.b: of the nodes without a label, queue root.b uses 0 MB, 0 vcores and is"
                        + " guaranteed 2048 MB, 50 vcores, queue root.a uses 4096 MB, 4 vcores and is guaranteed 2048 MB,"
                        + " 50 vcores, and a container of 1024 MB, 1 vcore is waited for");
    }

    @Test
    void shouldTakeFromASiblingWhereTheirParentHasItsMaximum() {
        core = with(
                "root.queues=p,b",
                "root.p.capacity=50",
                "root.p.maximum-capacity=50",
                "root.b.capacity=50",
                "root.p.queues=c,d",
                "root.p.c.capacity=50",
                "root.p.d.capacity=50");
        core.node("n", new Resource(8_192, 100));
        AttemptId c = fills("c", 8, 1_024);
        assertThat(containers(c)).isEqualTo(4);
        AttemptId d = application("d");
        core.allocate(d, ask(8, 1_024));
        round(0);
        round(GRACE_MS);
        beat();
        assertThat(containers(c)).isEqualTo(2);
        assertThat(containers(d)).as("there was room on the node all the time").isEqualTo(2);
    }

    @Test
    void shouldTakeNothingWhereItIsOff() {
        core = new CoreFixture(
                CoreFixture.POLICY,
                CoreFixture.plan(
                        "maximum-am-resource-percent=1",
                        "user-limit-factor=10",
                        "root.queues=a,b",
                        "root.a.capacity=50",
                        "root.b.capacity=50"));
        core.node("n", new Resource(4_096, 100));
        fills("a", 4, 1_024);
        core.allocate(application("b"), ask(2, 1_024));
        assertThat(core.controller.isPreemptionDue(core.nowMs + GRACE_MS)).isFalse();
        assertThat(core.handle(new CoreCommand.PlanPreemption())).isEqualTo(PreemptionPlan.NOTHING);
    }

    @Test
    void shouldLookOnceInAnInterval() {
        assertThat(core.controller.isPreemptionDue(CoreFixture.START_MS + 2_999))
                .as("nodes and masters are still to come")
                .isFalse();
        assertThat(core.controller.isPreemptionDue(CoreFixture.START_MS + 3_000))
                .isTrue();
        round(3_000);
        assertThat(core.controller.isPreemptionDue(core.nowMs + 2_999)).isFalse();
        assertThat(core.controller.isPreemptionDue(core.nowMs + 3_000)).isTrue();
    }

    @Test
    void shouldLetNoticesGoWhenItIsSwitchedOff() {
        core.node("n", new Resource(4_096, 100));
        fills("a", 4, 1_024);
        core.allocate(application("b"), ask(2, 1_024));
        round(0);
        core.handle(new AdminCommand.ChangeQueues(
                CoreFixture.plan("root.queues=a,b", "root.a.capacity=50", "root.b.capacity=50")));
        assertThat(core.controller.isPreemptionDue(core.nowMs + 3_000)).isTrue();
        round(3_000);
        assertThat(core.state.preemptions().notices()).isEmpty();
        assertThat(core.controller.isPreemptionDue(core.nowMs + 3_000)).isFalse();
    }

    /** The last of them stay: as much as masters may have of the queue. */
    @Test
    void shouldEndMastersOnlyWhereNothingElseIsLeft() {
        core = with(
                "root.queues=a,b",
                "root.a.capacity=25",
                "root.b.capacity=75",
                "root.a.maximum-am-resource-percent=0.5");
        core.node("n", new Resource(4_096, 100));
        List<AttemptId> masters = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            ApplicationSpec large = CoreFixture.spec(1, new Resource(1_024, 1), false);
            masters.add(core.running(core.submit(CoreFixture.spec("a", "user", 0, large))));
        }
        core.allocate(masters.get(0), ask(2, 1_024));
        core.allocate(masters.get(0));
        beat();
        assertThat(containers(masters.get(0))).isEqualTo(3);
        AttemptId b = application("b");
        core.allocate(b, ask(3, 1_024));
        assertThat(round(0).losses())
                .extracting(Loss::container, Loss::master)
                .containsExactly(
                        tuple(ContainerId.of(masters.get(0), core.state.epoch(), 3), false),
                        tuple(ContainerId.of(masters.get(0), core.state.epoch(), 2), false),
                        tuple(core.master(masters.get(1)), true));
        round(GRACE_MS);
        beat();
        assertThat(containers(b)).isEqualTo(3);
        assertThat(Objects.requireNonNull(core.state.attempt(masters.get(1))).exitStatus())
                .isEqualTo(ExitStatus.PREEMPTED);
    }
}
