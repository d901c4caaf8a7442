package dev.heddle.rm.shares;

import static dev.heddle.rm.shares.Scenario.GB;
import static org.assertj.core.api.Assertions.assertThat;

/** Which of several applications in a queue is served next. */
class ApplicationOrderTest {
    private static final String ONE_QUEUE =
            """
            root.queues=a
            root.a.capacity=100
            """;

    @SharesTest
    void shouldServeWhoCameFirst(Scenario on) throws Exception {
        on.queues(ONE_QUEUE);
        Application first = on.submit("alice", "a").asks(7, GB);
        Application second = on.submit("alice", "a").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(first, second)).containsExactly(7, 3);
    }

    /** What ends goes to the one that came first, too, as long as it wants more. */
    @SharesTest
    void shouldServeWhoCameFirstWithWhatEnds(Scenario on) throws Exception {
        on.queues(ONE_QUEUE);
        Application first = on.submit("alice", "a").asks(7, GB);
        Application second = on.submit("alice", "a").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        first.asks(2, GB);
        second.ends(3);
        on.settle();
        assertThat(on.held(first, second)).containsExactly(9, 1);
    }

    @SharesTest
    void shouldServeTheMoreUrgentApplicationFirst(Scenario on) throws Exception {
        on.yarn("yarn.cluster.max-application-priority=10");
        on.queues(ONE_QUEUE);
        Application later = on.application("alice", "a").priority(1).submit().asks(20, GB);
        Application urgent = on.application("alice", "a").priority(5).submit().asks(7, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(later, urgent)).containsExactly(3, 7);
    }

    /** Priorities above the cluster's maximum count as the maximum. */
    @SharesTest
    void shouldCapPriorities(Scenario on) throws Exception {
        on.yarn("yarn.cluster.max-application-priority=5");
        on.queues(ONE_QUEUE);
        Application first = on.application("alice", "a").priority(5).submit().asks(7, GB);
        Application second = on.application("alice", "a").priority(50).submit().asks(20, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(first, second)).containsExactly(7, 3);
    }

    /** An application that names no priority has that of its queue. */
    @SharesTest
    void shouldGiveApplicationsTheDefaultPriorityOfTheirQueue(Scenario on) throws Exception {
        on.yarn("yarn.cluster.max-application-priority=10");
        on.queues(ONE_QUEUE + "root.a.default-application-priority=3\n");
        Application low = on.application("alice", "a").priority(1).submit().asks(20, GB);
        Application usual =
                on.application("alice", "a").withoutPriority().submit().asks(7, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(low, usual)).containsExactly(3, 7);
    }

    /** Fair: who uses the least memory is served next. */
    @SharesTest
    void shouldServeApplicationsInTurn(Scenario on) throws Exception {
        on.queues(ONE_QUEUE + "root.a.ordering-policy=fair\n");
        Application first = on.submit("alice", "a").asks(20, GB);
        Application second = on.submit("alice", "a").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(first, second)).containsExactly(5, 5);
    }

    /** Fair in memory, not in containers: 8 GB each, in containers of 1 GB and of 4 GB. */
    @SharesTest
    void shouldServeApplicationsInTurnByMemory(Scenario on) throws Exception {
        on.queues(ONE_QUEUE + "root.a.ordering-policy=fair\n");
        Application small = on.submit("alice", "a").asks(20, GB);
        Application large = on.submit("alice", "a").asks(20, 4 * GB);
        on.node(16 * GB);
        on.settle();
        assertThat(on.held(small, large)).containsExactly(8, 2);
    }

    /** Who has little is served first with what ends. */
    @SharesTest
    void shouldEvenOutAsContainersEnd(Scenario on) throws Exception {
        on.queues(ONE_QUEUE + "root.a.ordering-policy=fair\n");
        Application first = on.submit("alice", "a").asks(30, GB);
        on.node(10 * GB);
        on.settle();
        Application second = on.submit("alice", "a").asks(20, GB);
        on.settle();
        assertThat(on.held(first, second)).containsExactly(10, 0);
        first.ends(6);
        on.settle();
        assertThat(on.held(first, second)).containsExactly(5, 5);
    }

    /**
     * With weights by size a large application may have more: what is used is divided by the logarithm of what is wanted in
     * all (FairOrderingPolicy). 1,000 GB and 10 GB weigh 20.0 and 13.3, so of 10 containers it is 6 and 4.
     */
    @SharesTest
    void shouldWeighApplicationsByTheirSize(Scenario on) throws Exception {
        on.queues(
                ONE_QUEUE
                        + """
                        root.a.ordering-policy=fair
                        root.a.ordering-policy.fair.enable-size-based-weight=true
                        """);
        Application large = on.submit("alice", "a").asks(1000, GB);
        Application small = on.submit("alice", "a").asks(10, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(large, small)).containsExactly(6, 4);
    }

    /** A limit of a user stops all of that user's applications; those behind are served. */
    @SharesTest
    void shouldPassOverApplicationsOfUsersAtTheirLimit(Scenario on) throws Exception {
        on.queues(ONE_QUEUE + "root.a.user-limit-factor=0.3\n");
        Application first = on.submit("alice", "a").asks(20, GB);
        Application second = on.submit("alice", "a").asks(20, GB);
        Application third = on.submit("bob", "a").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(first, second, third)).containsExactly(4, 0, 4);
    }
}
