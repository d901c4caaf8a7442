package dev.heddle.rm.shares;

import static dev.heddle.rm.shares.Scenario.GB;
import static org.apache.hadoop.yarn.api.records.YarnApplicationState.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.hadoop.yarn.api.records.ContainerExitStatus;

/**
 * What is taken back from those who have more than they are guaranteed, when others are owed it: first their masters are
 * told, and what still runs after {@code max_wait_before_kill} is ended.
 */
class PreemptionTest {
    private static final String KEYS = "yarn.resourcemanager.monitor.capacity.preemption.";
    private static final long WAIT_MS = 15_000;

    /** All that is owed at once, and nothing overlooked. The monitor's own interval never passes. */
    private static final String AT_ONCE = KEYS + "monitoring_interval=86400000\n"
            + KEYS + "max_wait_before_kill=" + WAIT_MS + "\n"
            + KEYS + "total_preemption_per_round=1\n"
            + KEYS + "natural_termination_factor=1\n"
            + KEYS + "max_ignored_over_capacity=0\n";

    private static final String TWO_HALVES =
            """
            root.queues=a,b
            root.a.capacity=50
            root.a.user-limit-factor=2
            root.b.capacity=50
            root.b.user-limit-factor=2
            """;

    private static Scenario queues(Scenario on, String queues) {
        return on.yarn("yarn.resourcemanager.scheduler.monitor.enable=true").queues(AT_ONCE + queues);
    }

    /** Chooses what is to go, and ends it. */
    private static void preempt(Scenario on) throws Exception {
        on.preempts(0);
        on.settle();
        on.preempts(WAIT_MS);
        on.settle();
    }

    @SharesTest
    void shouldTakeBackWhatAQueueIsGuaranteed(Scenario on) throws Exception {
        queues(on, TWO_HALVES);
        on.nodes(2, 5 * GB);
        Application a = on.submit("alice", "a").asks(20, GB);
        on.settle();
        Application b = on.submit("bob", "b").asks(20, GB);
        on.settle();
        on.preempts(0);
        on.settle();
        assertThat(on.held(a, b)).containsExactly(10, 0);
        assertThat(a.warned()).isEqualTo(5);
        on.preempts(WAIT_MS - 1);
        on.settle();
        assertThat(on.held(a, b)).containsExactly(10, 0);
        on.preempts(1);
        on.settle();
        assertThat(on.held(a, b)).containsExactly(5, 5);
        assertThat(a.lost(ContainerExitStatus.PREEMPTED)).isEqualTo(5);
    }

    /** When either has its half, nothing moves any more, though both want more. */
    @SharesTest
    void shouldTakeNothingWhereAllHaveTheirGuarantee(Scenario on) throws Exception {
        queues(on, TWO_HALVES);
        on.nodes(2, 5 * GB);
        Application a = on.submit("alice", "a").asks(20, GB);
        on.settle();
        Application b = on.submit("bob", "b").asks(20, GB);
        preempt(on);
        preempt(on);
        preempt(on);
        assertThat(on.held(a, b)).containsExactly(5, 5);
        assertThat(a.warned()).isEqualTo(5);
        assertThat(b.warned()).isZero();
    }

    @SharesTest
    void shouldTakeNoMoreThanIsWanted(Scenario on) throws Exception {
        queues(on, TWO_HALVES);
        on.nodes(2, 5 * GB);
        Application a = on.submit("alice", "a").asks(20, GB);
        on.settle();
        Application b = on.submit("bob", "b").asks(2, GB);
        preempt(on);
        assertThat(on.held(a, b)).containsExactly(8, 2);
    }

    /** A master that gives back in time what it was told of loses nothing else. */
    @SharesTest
    void shouldTakeNothingWhereTheMasterHasGivenBackEnough(Scenario on) throws Exception {
        queues(on, TWO_HALVES);
        on.nodes(2, 5 * GB);
        Application a = on.submit("alice", "a").asks(10, GB);
        on.settle();
        Application b = on.submit("bob", "b").asks(3, GB);
        on.preempts(0);
        on.settle();
        a.releases(3);
        on.settle();
        on.preempts(WAIT_MS);
        on.settle();
        assertThat(on.held(a, b)).containsExactly(7, 3);
        assertThat(a.lost(ContainerExitStatus.PREEMPTED)).isZero();
    }

    @SharesTest
    void shouldTakeNothingFromAQueueThatIsExempt(Scenario on) throws Exception {
        queues(on, TWO_HALVES + "root.a.disable_preemption=true\n");
        on.nodes(2, 5 * GB);
        Application a = on.submit("alice", "a").asks(20, GB);
        on.settle();
        Application b = on.submit("bob", "b").asks(20, GB);
        preempt(on);
        assertThat(on.held(a, b)).containsExactly(10, 0);
        assertThat(a.warned()).isZero();
    }

    @SharesTest
    void shouldTakeNothingWhereItOnlyObserves(Scenario on) throws Exception {
        queues(on, TWO_HALVES + KEYS + "observe_only=true\n");
        on.nodes(2, 5 * GB);
        Application a = on.submit("alice", "a").asks(20, GB);
        on.settle();
        Application b = on.submit("bob", "b").asks(20, GB);
        preempt(on);
        assertThat(on.held(a, b)).containsExactly(10, 0);
        assertThat(a.warned()).isZero();
    }

    /** 20 % of 10 containers at a time. */
    @SharesTest
    void shouldTakeNoMoreInARoundThanAllowed(Scenario on) throws Exception {
        queues(on, TWO_HALVES + KEYS + "total_preemption_per_round=0.2\n");
        on.nodes(2, 5 * GB);
        Application a = on.submit("alice", "a").asks(20, GB);
        on.settle();
        Application b = on.submit("bob", "b").asks(20, GB);
        preempt(on);
        assertThat(on.held(a, b)).containsExactly(8, 2);
        preempt(on);
        assertThat(on.held(a, b)).containsExactly(6, 4);
        preempt(on);
        assertThat(on.held(a, b)).containsExactly(5, 5);
    }

    /** Of the 5 that are owed a fifth: the others are expected to end by themselves meanwhile. */
    @SharesTest
    void shouldTakeThePartThatIsNotExpectedToEndByItself(Scenario on) throws Exception {
        queues(on, TWO_HALVES + KEYS + "natural_termination_factor=0.2\n");
        on.nodes(2, 5 * GB);
        Application a = on.submit("alice", "a").asks(20, GB);
        on.settle();
        Application b = on.submit("bob", "b").asks(20, GB);
        preempt(on);
        assertThat(on.held(a, b)).containsExactly(9, 1);
    }

    /** a has twice its guarantee, and that much is overlooked. */
    @SharesTest
    void shouldOverlookWhatIsWithinTheTolerance(Scenario on) throws Exception {
        queues(on, TWO_HALVES + KEYS + "max_ignored_over_capacity=1\n");
        on.nodes(2, 5 * GB);
        Application a = on.submit("alice", "a").asks(20, GB);
        on.settle();
        Application b = on.submit("bob", "b").asks(20, GB);
        preempt(on);
        assertThat(on.held(a, b)).containsExactly(10, 0);
    }

    /** The youngest application loses first. */
    @SharesTest
    void shouldTakeFromTheYoungestApplicationFirst(Scenario on) throws Exception {
        queues(on, TWO_HALVES);
        on.nodes(2, 5 * GB);
        Application first = on.submit("alice", "a").asks(5, GB);
        on.settle();
        Application second = on.submit("alice", "a").asks(5, GB);
        on.settle();
        Application b = on.submit("bob", "b").asks(3, GB);
        preempt(on);
        assertThat(on.held(first, second, b)).containsExactly(5, 2, 3);
    }

    /** In one application the containers of the least priority go first. */
    @SharesTest
    void shouldTakeTheLeastImportantContainersFirst(Scenario on) throws Exception {
        queues(on, TWO_HALVES);
        on.nodes(2, 5 * GB);
        Application a = on.submit("alice", "a")
                .asks(Ask.of(4, GB).priority(20))
                .asks(Ask.of(6, GB).priority(5));
        on.settle();
        Application b = on.submit("bob", "b").asks(4, GB);
        preempt(on);
        assertThat(on.held(a, b)).containsExactly(6, 4);
        assertThat(a.held(20)).isZero();
        assertThat(a.held(5)).isEqualTo(6);
    }

    @SharesTest
    void shouldLeaveMastersUntilTheLast(Scenario on) throws Exception {
        queues(on, TWO_HALVES);
        on.nodes(2, 5 * GB);
        Application a = on.application("alice", "a").managed(GB).submit().asks(9, GB);
        on.settle();
        Application b = on.submit("bob", "b").asks(20, GB);
        preempt(on);
        assertThat(on.held(a, b)).containsExactly(4, 5);
        assertThat(on.states(a)).containsExactly(RUNNING);
    }

    /** a is 3 over its 3, b is 1 over its 3: c gets its 4 from both. */
    @SharesTest
    void shouldTakeFromEachQueueWhatItHasTooMuch(Scenario on) throws Exception {
        queues(
                on,
                """
                root.queues=a,b,c
                root.a.capacity=30
                root.a.user-limit-factor=10
                root.b.capacity=30
                root.b.user-limit-factor=10
                root.c.capacity=40
                """);
        on.nodes(2, 5 * GB);
        Application a = on.submit("alice", "a").asks(6, GB);
        on.settle();
        Application b = on.submit("bob", "b").asks(4, GB);
        on.settle();
        Application c = on.submit("carol", "c").asks(20, GB);
        preempt(on);
        assertThat(on.held(a, b, c)).containsExactly(3, 3, 4);
    }

    /** What a2 is owed comes from its sibling, not from b, which has no more than its own. */
    @SharesTest
    void shouldTakeFromTheSiblingThatHasTooMuch(Scenario on) throws Exception {
        queues(
                on,
                """
                root.queues=a,b
                root.a.capacity=50
                root.b.capacity=50
                root.a.queues=a1,a2
                root.a.a1.capacity=50
                root.a.a1.user-limit-factor=10
                root.a.a2.capacity=50
                """);
        on.nodes(2, 6 * GB);
        Application b = on.submit("carol", "b").asks(6, GB);
        on.settle();
        Application a1 = on.submit("alice", "a1").asks(20, GB);
        on.settle();
        assertThat(on.held(b, a1)).containsExactly(6, 6);
        Application a2 = on.submit("bob", "a2").asks(20, GB);
        preempt(on);
        assertThat(on.held(b, a1, a2)).containsExactly(6, 3, 3);
    }

    /** Inside a queue, for an application of a higher priority; its user has to be below the limit, so the factor is 2. */
    @SharesTest
    void shouldTakeFromLessUrgentApplicationsOfAQueue(Scenario on) throws Exception {
        on.yarn("yarn.cluster.max-application-priority=10");
        queues(
                on,
                """
                root.queues=a
                root.a.capacity=100
                root.a.user-limit-factor=2
                """
                        + KEYS
                        + "intra-queue-preemption.enabled=true\n"
                        + KEYS
                        + "intra-queue-preemption.max-allowable-limit=1\n"
                        + KEYS
                        + "intra-queue-preemption.preemption-order-policy=priority_first\n");
        on.nodes(2, 6 * GB);
        Application low = on.application("alice", "a").priority(1).managed(GB).submit();
        Application high = on.application("alice", "a").priority(5).managed(GB).submit();
        on.settle();
        low.asks(20, GB);
        on.settle();
        high.asks(4, GB);
        preempt(on);
        assertThat(on.held(low, high)).containsExactly(6, 4);
    }

    /**
     * Inside a queue, for a user who has less than the limit of each: half of the 12 that are used and one more, rounded up
     * to 7 with the master. alice keeps yet another one, as a user at the limit is given one more
     * (FifoIntraQueuePreemptionPlugin.calculateToBePreemptedResourcePerApp).
     */
    @SharesTest
    void shouldTakeFromUsersOverTheirLimit(Scenario on) throws Exception {
        queues(
                on,
                """
                root.queues=a
                root.a.capacity=100
                root.a.minimum-user-limit-percent=50
                """
                        + KEYS
                        + "intra-queue-preemption.enabled=true\n"
                        + KEYS
                        + "intra-queue-preemption.max-allowable-limit=1\n");
        on.nodes(2, 6 * GB);
        Application alice = on.application("alice", "a").managed(GB).submit();
        Application bob = on.application("bob", "a").managed(GB).submit();
        on.settle();
        alice.asks(20, GB);
        on.settle();
        assertThat(on.held(alice, bob)).containsExactly(10, 0);
        bob.asks(20, GB);
        preempt(on);
        assertThat(on.held(alice, bob)).containsExactly(7, 3);
    }

    /** What was lent of a label's nodes comes back to who asks for the label. */
    @SharesTest
    void shouldTakeBackNodesThatWereLent(Scenario on) throws Exception {
        on.yarn("yarn.node-labels.enabled=true");
        queues(
                on,
                """
                root.queues=a,b
                root.accessible-node-labels=x
                root.accessible-node-labels.x.capacity=100
                root.a.capacity=50
                root.a.accessible-node-labels=x
                root.a.accessible-node-labels.x.capacity=100
                root.b.capacity=50
                root.b.user-limit-factor=10
                root.b.accessible-node-labels=\\u0020
                """);
        on.label("x", false);
        on.node(5 * GB);
        Machine labelled = on.node(Place.of(5 * GB).label("x"));
        Application b = on.submit("bob", "b").asks(10, GB);
        on.settle().rounds(5);
        assertThat(b.heldOn(labelled)).isEqualTo(5);
        Application ax = on.submit("alice", "a").asks(Ask.of(3, GB).label("x"));
        preempt(on);
        assertThat(ax.heldOn(labelled)).isEqualTo(3);
        assertThat(b.heldOn(labelled)).isEqualTo(2);
    }

    /**
     * Each node has 4 containers, and b waits for one as large as 3 of them. Hadoop ends the 3 youngest, wherever they are,
     * and b has nothing of it.
     */
    @SharesTest
    void shouldTakeWhatMakesRoomOnOneNode(Scenario on) throws Exception {
        queues(on, TWO_HALVES);
        on.nodes(4, 4 * GB);
        Application a = on.submit("alice", "a").asks(16, GB);
        on.settle();
        Application b = on.submit("bob", "b").asks(1, 3 * GB);
        preempt(on);
        String why = "what goes is on one node, where there is room for the large container then";
        assertThat(on.held(b)).containsExactly(on.onPurpose(why, 1, 0));
        assertThat(on.held(a)).containsExactly(13);
        preempt(on);
        assertThat(a.lost(ContainerExitStatus.PREEMPTED)).isEqualTo(3);
    }

    /** a has 3 containers of 2 GB, b waits for 4 of them: a is 1 GB over its guarantee of 5 GB, which is half a container. */
    @SharesTest
    void shouldLeaveAQueueItsGuarantee(Scenario on) throws Exception {
        queues(on, TWO_HALVES);
        on.nodes(1, 10 * GB);
        Application a = on.submit("alice", "a").asks(3, 2 * GB);
        on.settle();
        Application b = on.submit("bob", "b").asks(4, 2 * GB);
        preempt(on);
        assertThat(on.held(a, b))
                .containsExactly(
                        on.onPurpose("a queue that is guaranteed 5 GB is not left with 4", 3, 2),
                        on.onPurpose("so b has the 4 GB that a leaves it", 2, 3));
    }
}
