package dev.heddle.rm.shares;

import static dev.heddle.rm.shares.Scenario.GB;
import static org.apache.hadoop.yarn.api.records.YarnApplicationState.ACCEPTED;
import static org.apache.hadoop.yarn.api.records.YarnApplicationState.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

/** How much of a queue masters may take, so that there is room for the work. */
class MasterShareTest {
    private static final String ONE_QUEUE =
            """
            root.queues=a
            root.a.capacity=100
            """;

    /** 20 % of 10 GB is room for two masters of 1 GB; the third and the fourth wait. */
    @SharesTest
    void shouldStartMastersUpToTheirShare(Scenario on) throws Exception {
        on.queues(ONE_QUEUE + "maximum-am-resource-percent=0.2\n");
        on.nodes(2, 5 * GB);
        Application first = on.application("alice", "a").managed(GB).submit();
        Application second = on.application("alice", "a").managed(GB).submit();
        Application third = on.application("alice", "a").managed(GB).submit();
        Application fourth = on.application("alice", "a").managed(GB).submit();
        on.settle();
        assertThat(on.states(first, second, third, fourth)).containsExactly(RUNNING, RUNNING, ACCEPTED, ACCEPTED);
        first.finishes();
        on.settle();
        assertThat(on.states(second, third, fourth)).containsExactly(RUNNING, RUNNING, ACCEPTED);
    }

    /** 3 GB for masters: who waits for 2 of them does not hold up who needs 1. */
    @SharesTest
    void shouldStartASmallMasterBehindALargeOneThatDoesNotFit(Scenario on) throws Exception {
        on.queues(ONE_QUEUE + "maximum-am-resource-percent=0.3\n");
        on.nodes(2, 5 * GB);
        Application first = on.application("alice", "a").managed(2 * GB).submit();
        Application large = on.application("alice", "a").managed(2 * GB).submit();
        Application small = on.application("alice", "a").managed(GB).submit();
        on.settle();
        assertThat(on.states(first, large, small)).containsExactly(RUNNING, ACCEPTED, RUNNING);
    }

    /** One application may run in each queue, however small the share: 1 % of 10 GB is less than any master. */
    @SharesTest
    void shouldStartOneMasterInAnyCase(Scenario on) throws Exception {
        on.queues(ONE_QUEUE + "maximum-am-resource-percent=0.01\n");
        on.nodes(2, 5 * GB);
        Application first = on.application("alice", "a").managed(2 * GB).submit();
        Application second = on.application("alice", "a").managed(2 * GB).submit();
        on.settle();
        assertThat(on.states(first, second)).containsExactly(RUNNING, ACCEPTED);
    }

    @SharesTest
    void shouldTakeTheShareOfTheQueueBeforeThatOfTheCluster(Scenario on) throws Exception {
        on.queues(
                ONE_QUEUE
                        + """
                maximum-am-resource-percent=0.1
                root.a.maximum-am-resource-percent=0.3
                """);
        on.nodes(2, 5 * GB);
        Application first = on.application("alice", "a").managed(GB).submit();
        Application second = on.application("alice", "a").managed(GB).submit();
        Application third = on.application("alice", "a").managed(GB).submit();
        Application fourth = on.application("alice", "a").managed(GB).submit();
        on.settle();
        assertThat(on.states(first, second, third, fourth)).containsExactly(RUNNING, RUNNING, RUNNING, ACCEPTED);
    }

    /**
     * Of 4 GB for masters alice may have half as long as bob wants more, where the minimum of a user is 50 %. What bob wants
     * no node has room for.
     */
    @SharesTest(heddleLacks = "user limit of masters")
    void shouldLimitTheMastersOfAUser(Scenario on) throws Exception {
        on.queues(
                ONE_QUEUE
                        + """
                maximum-am-resource-percent=0.4
                root.a.minimum-user-limit-percent=50
                """);
        on.nodes(2, 5 * GB);
        Application bob = on.application("bob", "a").managed(GB).submit().asks(1, 6 * GB);
        on.settle();
        Application first = on.application("alice", "a").managed(GB).submit();
        Application second = on.application("alice", "a").managed(GB).submit();
        Application third = on.application("alice", "a").managed(GB).submit();
        on.settle();
        assertThat(on.states(bob, first, second, third)).containsExactly(RUNNING, RUNNING, RUNNING, ACCEPTED);
    }

    /** The share is of what the queue may have now: with the other queue idle of all 10 GB, not of its own 5. */
    @SharesTest
    void shouldTakeTheShareOfWhatTheQueueMayGrowTo(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a,b
                root.a.capacity=50
                root.a.user-limit-factor=2
                root.b.capacity=50
                maximum-am-resource-percent=0.2
                """);
        on.nodes(2, 5 * GB);
        Application first = on.application("alice", "a").managed(GB).submit();
        Application second = on.application("alice", "a").managed(GB).submit();
        Application third = on.application("alice", "a").managed(GB).submit();
        on.settle();
        assertThat(on.states(first, second, third)).containsExactly(RUNNING, RUNNING, ACCEPTED);
    }

    /** An unmanaged master takes no room, and counts as one of the least size. */
    @SharesTest
    void shouldCountAnUnmanagedMasterAsOneOfTheLeastSize(Scenario on) throws Exception {
        on.queues(ONE_QUEUE + "maximum-am-resource-percent=0.2\n");
        on.nodes(2, 5 * GB);
        Application first = on.submit("alice", "a").asks(1, GB);
        Application second = on.submit("alice", "a").asks(1, GB);
        Application third = on.submit("alice", "a").asks(1, GB);
        on.settle();
        assertThat(on.held(first, second, third)).containsExactly(1, 1, 0);
    }
}
