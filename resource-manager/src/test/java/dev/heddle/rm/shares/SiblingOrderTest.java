package dev.heddle.rm.shares;

import static dev.heddle.rm.shares.Scenario.GB;
import static org.assertj.core.api.Assertions.assertThat;

/** Which of several queues is served next. */
class SiblingOrderTest {
    /** Who has used the least of its capacity is served first; between equals the one with the larger capacity. */
    @SharesTest
    void shouldServeTheLargerOfTwoIdleQueuesFirst(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a,b
                root.a.capacity=40
                root.b.capacity=60
                """);
        Application a = on.submit("alice", "a").asks(5, GB);
        Application b = on.submit("bob", "b").asks(5, GB);
        on.node(GB);
        on.settle();
        assertThat(on.held(a, b)).containsExactly(0, 1);
    }

    /**
     * With priorities the more urgent queue is served first up to its guarantee of 3, then the other up to its own, and what
     * is left of the 10 goes to the more urgent one.
     */
    @SharesTest
    void shouldServeTheMoreUrgentQueueFirst(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a,b,c
                root.ordering-policy=priority-utilization
                root.a.capacity=30
                root.a.priority=10
                root.a.user-limit-factor=10
                root.b.capacity=30
                root.b.user-limit-factor=10
                root.c.capacity=40
                """);
        Application a = on.submit("alice", "a").asks(20, GB);
        Application b = on.submit("bob", "b").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(a, b)).containsExactly(7, 3);
    }

    /** Without the policy that looks at them, priorities of queues change nothing. */
    @SharesTest
    void shouldPassOverPrioritiesWhereThePolicyDoesNotLookAtThem(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a,b,c
                root.a.capacity=30
                root.a.priority=10
                root.a.user-limit-factor=10
                root.b.capacity=30
                root.b.user-limit-factor=10
                root.c.capacity=40
                """);
        Application a = on.submit("alice", "a").asks(20, GB);
        Application b = on.submit("bob", "b").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(a, b)).containsExactly(5, 5);
    }
}
