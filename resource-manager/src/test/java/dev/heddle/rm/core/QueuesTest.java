package dev.heddle.rm.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.AdminCommand;
import dev.heddle.rm.command.ApplicationCommand;
import dev.heddle.rm.command.CoreCommand;
import dev.heddle.rm.command.MasterCommand;
import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.scheduler.explain.Waiting;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.Container;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How queues share a cluster of 10 GB among applications whose containers take 1 GB, masters' ones none. */
class QueuesTest {
    private static final Resource GB = new Resource(1024, 1);

    private CoreFixture core = with("root.queues=a,b", "root.a.capacity=40", "root.b.capacity=60");
    private NodeId node = core.node("n", new Resource(10 * 1024, 100));

    private static CoreFixture with(String... lines) {
        return new CoreFixture(
                CoreFixture.POLICY,
                CoreFixture.plan(Stream.concat(Stream.of("maximum-am-resource-percent=1"), Stream.of(lines))
                        .toArray(String[]::new)));
    }

    /** Begins anew with other queues. */
    private void queues(String... lines) {
        core = with(lines);
        node = core.node("n", new Resource(10 * 1024, 100));
    }

    private AttemptId application(String queue, String user) {
        return application(queue, user, 0);
    }

    private AttemptId application(String queue, String user, int priority) {
        AttemptId attempt = new AttemptId(core.submit(spec(queue, user, priority)), 1);
        core.handle(new MasterCommand.RegisterMaster(attempt, "host", 1, ""));
        return attempt;
    }

    private static ApplicationSpec spec(String queue, String user, int priority) {
        return CoreFixture.spec(queue, user, priority, CoreFixture.spec(1, CoreFixture.SMALL, true));
    }

    private static Ask ask(int count) {
        return ask(count, "");
    }

    private static Ask ask(int count, String label) {
        return new Ask(new AskKey(1, -1), Ask.ANYWHERE, GB, count, true, label);
    }

    private int containers(AttemptId attempt) {
        return Objects.requireNonNull(core.state.attempt(attempt)).containers().size();
    }

    /** One container after the other ends, each of whoever has most, until so many have. */
    private void end(int count, AttemptId... attempts) {
        for (int i = 0; i < count; i++) {
            Attempt most = Objects.requireNonNull(core.state.attempt(attempts[0]));
            for (AttemptId attempt : attempts) {
                Attempt candidate = Objects.requireNonNull(core.state.attempt(attempt));
                if (candidate.containers().size() > most.containers().size()) {
                    most = candidate;
                }
            }
            ContainerId id =
                    most.containers().stream().map(Container::id).findFirst().orElseThrow();
            core.allocate(most.id(), List.of(), List.of(id));
        }
    }

    @Test
    void shouldLendWhatNobodyWantsAndGiveItBackAsItBecomesFree() {
        queues("root.queues=a,b", "root.a.capacity=40", "root.b.capacity=60", "root.a.user-limit-factor=10");
        AttemptId a = application("a", "ann");
        AttemptId b = application("b", "bob");
        assertThat(core.allocate(a, ask(20)).grants()).as("the whole cluster").hasSize(10);
        assertThat(core.allocate(b, ask(20)).grants()).isEmpty();
        end(6, a);
        assertThat(containers(a)).isEqualTo(4);
        assertThat(containers(b)).isEqualTo(6);
        end(4, a);
        assertThat(containers(a)).as("each replaces its own").isEqualTo(4);
        assertThat(containers(b)).isEqualTo(6);
    }

    @Test
    void shouldNotExceedTheMaximumOfAQueueOrOfOneAbove() {
        queues(
                "root.queues=a,b",
                "root.a.capacity=40",
                "root.a.maximum-capacity=50",
                "root.b.capacity=60",
                "root.a.queues=c,d",
                "root.a.c.capacity=50",
                "root.a.c.maximum-capacity=60",
                "root.a.c.user-limit-factor=10",
                "root.a.d.capacity=50",
                "root.a.d.user-limit-factor=10");
        AttemptId c = application("root.a.c", "ann");
        AttemptId d = application("root.a.d", "ann");
        assertThat(core.allocate(c, ask(20)).grants())
                .as("60 % of the 5 GB of a")
                .hasSize(3);
        assertThat(core.allocate(d, ask(20)).grants()).as("what c leaves of a").hasSize(2);
        assertThat(reason(c))
                .contains("queue root.a.c uses 3072 MB, 3 vcores of its maximum of 3072 MB")
                .contains("raise its maximum-capacity");
        assertThat(reason(d)).contains("queue root.a uses 5120 MB, 5 vcores of its maximum of 5120 MB");
    }

    private String reason(AttemptId attempt) {
        List<Waiting> waiting = core.handle(new CoreCommand.Explain(attempt.application()));
        assertThat(waiting).hasSize(1);
        return waiting.get(0).obstacle().sentence();
    }

    @Test
    void shouldShareALeafAmongItsUsers() {
        queues("root.queues=a", "root.a.capacity=100", "root.a.minimum-user-limit-percent=25");
        AttemptId first = application("a", "ann");
        AttemptId second = application("a", "bob");
        assertThat(core.allocate(first, ask(20)).grants()).hasSize(10);
        core.allocate(second, ask(20));
        end(4, first);
        assertThat(containers(second)).isEqualTo(4);
        end(1, first);
        assertThat(containers(first)).as("half of it each, but for one").isBetween(5, 6);
        assertThat(reason(first)).containsAnyOf("user ann has", "has 1024 MB, 1 vcore free");
        AttemptId third = application("a", "cid");
        core.allocate(third, ask(20));
        end(9, first, second);
        assertThat(List.of(containers(first), containers(second), containers(third)))
                .as("a third each, and one container over it for those who came first")
                .containsExactly(4, 4, 2);
    }

    @Test
    void shouldGiveAUserNoMoreThanTheFactorAllows() {
        queues("root.queues=a,b", "root.a.capacity=40", "root.b.capacity=60", "root.a.user-limit-factor=1.5");
        AttemptId a = application("a", "ann");
        assertThat(core.allocate(a, ask(20)).grants())
                .as("one and a half of 4 GB, and one container over it, as with YARN")
                .hasSize(7);
        assertThat(reason(a)).contains("user ann has 7168 MB, 7 vcores in queue root.a, over the limit of 6144 MB");
    }

    @Test
    void shouldServeWhoHasLeastWhereALeafIsFair() {
        queues(
                "root.queues=a",
                "root.a.capacity=100",
                "root.a.ordering-policy=fair",
                "root.a.minimum-user-limit-percent=100");
        AttemptId first = application("a", "ann");
        AttemptId second = application("a", "ann");
        core.allocate(first, ask(20));
        core.allocate(second, ask(20));
        end(5, first);
        assertThat(containers(second)).isEqualTo(5);
        assertThat(containers(first)).isEqualTo(5);
    }

    @Test
    void shouldServeWhoCameFirstWhereALeafIsFifoButPriorityBefore() {
        queues("root.queues=a", "root.a.capacity=100");
        AttemptId first = application("a", "ann");
        AttemptId second = application("a", "ann");
        core.allocate(first, ask(20));
        core.allocate(second, ask(20));
        end(3, first);
        assertThat(containers(first)).isEqualTo(10);
        core.handle(new ApplicationCommand.ChangePriority(second.application(), 5));
        end(3, first);
        assertThat(containers(second)).isEqualTo(3);
    }

    @Test
    void shouldHoldApplicationsWhoseMastersWouldTakeTooMuch() {
        core = with("root.queues=a", "root.a.capacity=100", "root.a.maximum-am-resource-percent=0.2");
        core.node("n", new Resource(10 * 1024, 100));
        ApplicationSpec spec = CoreFixture.spec(1, GB, false);
        ApplicationId first = core.submit(in("a", spec));
        ApplicationId second = core.submit(in("a", spec));
        ApplicationId third = core.submit(in("a", spec));
        assertThat(core.current(second).master()).isNotNull();
        assertThat(core.current(third).master()).isNull();
        assertThat(core.handle(new CoreCommand.Explain(third)).get(0).obstacle().sentence())
                .isEqualTo("its application master wants 1024 MB, 1 vcore, and the masters in queue root.a have"
                        + " 2048 MB, 2 vcores of 2048 MB, 20 vcores that they may have: wait for an application to end,"
                        + " or raise yarn.scheduler.capacity.root.a.maximum-am-resource-percent");
        core.handle(new ApplicationCommand.KillApplication(first, ""));
        assertThat(core.current(third).isActive()).isTrue();
    }

    private static ApplicationSpec in(String queue, ApplicationSpec spec) {
        return CoreFixture.spec(queue, spec.user(), spec.priority(), spec);
    }

    @Test
    void shouldRunSoManyApplicationsAtATime() {
        queues("root.queues=a", "root.a.capacity=100", "root.max-parallel-apps=2", "user.ann.max-parallel-apps=1");
        AttemptId first = application("a", "ann");
        AttemptId second = application("a", "ann");
        AttemptId third = application("a", "bob");
        AttemptId fourth = application("a", "bob");
        assertThat(List.of(first, second, third, fourth))
                .map(attempt ->
                        Objects.requireNonNull(core.state.attempt(attempt)).isActive())
                .containsExactly(true, false, true, false);
        assertThat(reason(second)).contains("queue root runs 2 applications");
        core.handle(new ApplicationCommand.KillApplication(third.application(), ""));
        assertThat(reason(second)).startsWith("queue root runs 2");
        core.handle(new ApplicationCommand.KillApplication(fourth.application(), ""));
        assertThat(reason(second)).startsWith("user ann runs 1 applications at the same time, of 1");
        core.handle(new ApplicationCommand.KillApplication(first.application(), ""));
        assertThat(Objects.requireNonNull(core.state.attempt(second)).isActive())
                .isTrue();
    }

    @Test
    void shouldGiveNodesWithALabelToThoseWhoAskForItAndMayHaveThem() {
        queues(
                "root.queues=a,b",
                "root.a.capacity=50",
                "root.b.capacity=50",
                "root.accessible-node-labels=gpu",
                "root.accessible-node-labels.gpu.capacity=100",
                "root.a.accessible-node-labels=gpu",
                "root.b.accessible-node-labels= ",
                "root.a.accessible-node-labels.gpu.capacity=100",
                "root.a.user-limit-factor=10");
        core.handle(new AdminCommand.AddLabels(Map.of("gpu", true)));
        NodeId gpu = core.node("g", new Resource(4 * 1024, 8));
        core.handle(new AdminCommand.LabelNodes(Map.of(gpu, Set.of("gpu")), true));
        AttemptId a = application("a", "ann");
        AttemptId b = application("b", "bob");
        assertThat(core.allocate(a, ask(20, "gpu")).grants()).hasSize(4).allSatisfy(grant -> assertThat(grant.node())
                .isEqualTo(gpu));
        assertThat(reason(a)).startsWith("none of the nodes with label gpu has 1024 MB, 1 vcore free");
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> core.allocate(b, ask(1, "gpu")))
                .withMessageContaining("queue=root.b doesn't have permission to access all labels");
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> core.allocate(b, ask(1, "tpu")))
                .withMessageContaining("cluster do not contain label=tpu");
        core.handle(new AdminCommand.LabelNodes(Map.of(gpu, Set.of()), true));
        assertThat(core.state.partition("gpu").total()).isEqualTo(Resource.NONE);
        assertThat(reason(a)).startsWith("no node with label gpu takes containers");
    }

    @Test
    void shouldMoveAnApplicationWithAllThatItHas() {
        AttemptId a = application("a", "ann");
        assertThat(core.allocate(a, ask(20)).grants())
                .as("as far as the factor 1 allows, and one more")
                .hasSize(5);
        core.handle(new ApplicationCommand.MoveApplication(a.application(), "root.b"));
        assertThat(core.application(a.application()).spec().queue()).isEqualTo("root.b");
        assertThat(core.allocate(a).grants()).as("the other queue has more").hasSize(2);
        assertThat(Objects.requireNonNull(core.state.queue("root.a")).applications())
                .isZero();
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> core.handle(new ApplicationCommand.MoveApplication(a.application(), "nowhere")))
                .withMessage("The specified Queue: nowhere doesn't exist");
    }

    @Test
    void shouldTakeAnotherPlanAsAWholeOrNotAtAll() {
        AttemptId a = application("a", "ann");
        core.allocate(a, ask(20));
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> core.handle(
                        new AdminCommand.ChangeQueues(CoreFixture.plan("root.queues=b", "root.b.capacity=100"))))
                .withMessageContaining("Queue root.a cannot be removed: it has 1 application");
        assertThat(core.state.queue("root.a")).isNotNull();
        core.handle(new AdminCommand.ChangeQueues(
                CoreFixture.plan("root.queues=a,c", "root.a.capacity=80", "root.c.capacity=20")));
        assertThat(core.allocate(a).grants()).as("80 % now").hasSize(4);
        assertThat(core.state.queue("root.b")).isNull();
        assertThat(core.heartbeat(node, List.of(), List.of()).responseId()).isEqualTo(1);
    }

    @Test
    void shouldRefuseSubmissionsToQueuesThatAreStoppedFullOrNoLeaves() {
        queues(
                "root.queues=a,b",
                "root.a.capacity=50",
                "root.a.state=STOPPED",
                "root.b.capacity=50",
                "root.b.maximum-applications=1");
        assertRefused("Queue root.a is STOPPED. Cannot accept submission of application", "a");
        assertRefused("to non-leaf queue: root", "root");
        application("b", "ann");
        assertRefused("Queue root.b already has 1 applications, cannot accept submission", "b");
    }

    private void assertRefused(String text, String queue) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> core.submit(spec(queue, "ann", 0)))
                .withMessageContaining(text);
    }

    @Test
    void shouldWaitForThePlacesThatAreNamedBeforeAnyNodeWillDo() {
        queues("root.queues=a", "root.a.capacity=100", "node-locality-delay=2", "rack-locality-additional-delay=1");
        NodeId near = core.node("near", "/r2", 1024);
        NodeId beside = core.node("beside", "/r2", 1024);
        AttemptId other = application("a", "ann");
        core.allocate(other, CoreFixture.ask("near", 1, 1024, true), CoreFixture.ask(Ask.ANYWHERE, 1, 1024, true));
        AttemptId attempt = application("a", "ann");
        assertThat(core.allocate(
                                attempt,
                                CoreFixture.ask("near", 3, 1024, true),
                                CoreFixture.ask("/r2", 3, 1024, true),
                                CoreFixture.ask(Ask.ANYWHERE, 3, 1024, true))
                        .grants())
                .isEmpty();
        assertThat(reason(attempt)).contains("it waits for room on one of [near, /r2]");
        core.heartbeat(near, List.of(), List.of());
        core.heartbeat(node, List.of(), List.of());
        core.heartbeat(node, List.of(), List.of());
        assertThat(containers(attempt)).as("a full node is no opportunity").isZero();
        core.heartbeat(node, List.of(), List.of());
        assertThat(containers(attempt)).as("the rack, and patience begins anew").isEqualTo(1);
        core.heartbeat(node, List.of(), List.of());
        core.heartbeat(node, List.of(), List.of());
        core.heartbeat(node, List.of(), List.of());
        assertThat(containers(attempt)).isEqualTo(1);
        core.heartbeat(node, List.of(), List.of());
        assertThat(containers(attempt)).as("anywhere").isEqualTo(3);
        assertThat(core.state(beside).containers()).hasSize(1);
    }

    /** Where few nodes have room, few heartbeats are opportunities. */
    @Test
    void shouldWaitNoLongerForPlacesThanTheClockAllows() {
        queues("root.queues=a", "root.a.capacity=100");
        core.node("near", "/r2", 1024);
        core.node("beside", "/r2", 1024);
        AttemptId other = application("a", "ann");
        core.allocate(other, CoreFixture.ask("near", 1, 1024, true), CoreFixture.ask(Ask.ANYWHERE, 1, 1024, true));
        AttemptId attempt = application("a", "ann");
        core.allocate(
                attempt,
                CoreFixture.ask("near", 3, 1024, true),
                CoreFixture.ask("/r2", 3, 1024, true),
                CoreFixture.ask(Ask.ANYWHERE, 3, 1024, true));
        core.nowMs += 2_000;
        core.handle(new CoreCommand.Expire());
        assertThat(containers(attempt)).isZero();
        assertThat(reason(attempt)).contains("any node will do in 4000 ms at the latest");
        core.nowMs += 1_000;
        core.handle(new CoreCommand.Expire());
        assertThat(containers(attempt)).as("the rack, and patience begins anew").isEqualTo(1);
        core.nowMs += 5_999;
        core.handle(new CoreCommand.Expire());
        assertThat(containers(attempt)).isEqualTo(1);
        core.nowMs += 1;
        core.handle(new CoreCommand.Expire());
        assertThat(containers(attempt)).as("anywhere").isEqualTo(3);
    }

    @Test
    void shouldNotWaitForAPlaceThatThereIsNot() {
        AttemptId attempt = application("b", "ann");
        assertThat(core.allocate(
                                attempt,
                                CoreFixture.ask("nowhere", 3, 1024, true),
                                CoreFixture.ask(Ask.ANYWHERE, 3, 1024, true))
                        .grants())
                .hasSize(3);
    }
}
