package dev.heddle.rm.shares;

import static dev.heddle.rm.shares.Scenario.GB;
import static org.apache.hadoop.yarn.api.records.YarnApplicationState.ACCEPTED;
import static org.apache.hadoop.yarn.api.records.YarnApplicationState.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.hadoop.yarn.api.records.QueueState;

/** How many applications a queue takes, how large their containers may be, and when it takes none. */
class QueueLimitsTest {
    private static final String ONE_QUEUE =
            """
            root.queues=a
            root.a.capacity=100
            """;

    private static final String TWO_QUEUES =
            """
            root.queues=a,b
            root.a.capacity=30
            root.b.capacity=70
            """;

    @SharesTest
    void shouldRefuseMoreApplicationsThanAQueueMayHave(Scenario on) throws Exception {
        on.queues(TWO_QUEUES + "root.a.maximum-applications=2\n");
        on.submit("alice", "a");
        Application second = on.submit("bob", "a");
        assertThat(on.application("carol", "a").refusal())
                .contains("Queue root.a already has 2 applications, cannot accept submission of application: ");
        on.submit("carol", "b");
        second.finishes();
        on.settle();
        on.submit("carol", "a");
    }

    /** A queue without a number of its own has its part of the cluster's: 30 % of 10. */
    @SharesTest
    void shouldDivideTheNumberOfApplicationsByCapacity(Scenario on) throws Exception {
        on.queues(TWO_QUEUES + "maximum-applications=10\n");
        on.node(16 * GB);
        on.submit("alice", "a");
        on.submit("bob", "a");
        on.submit("carol", "a");
        assertThat(on.application("dave", "a").refusal()).contains("Queue root.a already has 3 applications");
        on.submit("dave", "b");
    }

    /** A user may have the queue's number times the minimum percentage times the factor: 4 times 50 % times 1. */
    @SharesTest
    void shouldRefuseMoreApplicationsThanAUserMayHave(Scenario on) throws Exception {
        on.queues(
                ONE_QUEUE
                        + """
                root.a.maximum-applications=4
                root.a.minimum-user-limit-percent=50
                """);
        on.submit("alice", "a");
        on.submit("alice", "a");
        assertThat(on.application("alice", "a").refusal())
                .contains("Queue root.a already has 2 applications from user alice cannot accept submission of");
        on.submit("bob", "a");
    }

    /** More applications than may run at a time are taken and wait. */
    @SharesTest
    void shouldLetApplicationsWaitThatAreMoreThanMayRunInAQueue(Scenario on) throws Exception {
        on.queues(ONE_QUEUE + "root.a.max-parallel-apps=1\n");
        on.nodes(2, 5 * GB);
        Application first = on.application("alice", "a").managed(GB).submit().asks(2, GB);
        Application second = on.application("bob", "a").managed(GB).submit().asks(2, GB);
        on.settle();
        assertThat(on.states(first, second)).containsExactly(RUNNING, ACCEPTED);
        first.finishes();
        on.settle();
        assertThat(on.states(second)).containsExactly(RUNNING);
        assertThat(on.held(second)).containsExactly(2);
    }

    /** The number holds for all below a parent together. */
    @SharesTest
    void shouldLetApplicationsWaitThatAreMoreThanMayRunBelowAParent(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a,b
                root.a.capacity=50
                root.b.capacity=50
                root.a.queues=a1,a2
                root.a.max-parallel-apps=1
                root.a.a1.capacity=50
                root.a.a2.capacity=50
                """);
        on.nodes(2, 5 * GB);
        Application first = on.application("alice", "a1").managed(GB).submit();
        Application second = on.application("bob", "a2").managed(GB).submit();
        Application third = on.application("carol", "b").managed(GB).submit();
        on.settle();
        assertThat(on.states(first, second, third)).containsExactly(RUNNING, ACCEPTED, RUNNING);
    }

    @SharesTest
    void shouldLetApplicationsWaitThatAreMoreThanAUserMayRun(Scenario on) throws Exception {
        on.queues(
                TWO_QUEUES
                        + """
                        user.max-parallel-apps=1
                        user.bob.max-parallel-apps=2
                        """);
        on.nodes(2, 10 * GB);
        Application first = on.application("alice", "a").managed(GB).submit();
        Application second = on.application("alice", "b").managed(GB).submit();
        Application third = on.application("bob", "a").managed(GB).submit();
        Application fourth = on.application("bob", "b").managed(GB).submit();
        on.settle();
        assertThat(on.states(first, second, third, fourth)).containsExactly(RUNNING, ACCEPTED, RUNNING, RUNNING);
        first.finishes();
        on.settle();
        assertThat(on.states(second)).containsExactly(RUNNING);
    }

    @SharesTest
    void shouldRefuseContainersThatAreTooLargeForTheQueue(Scenario on) throws Exception {
        on.queues(TWO_QUEUES + "root.a.maximum-allocation-mb=2048\n");
        on.node(16 * GB);
        Application a = on.submit("alice", "a");
        Application b = on.submit("bob", "b");
        assertThat(a.refusal(Ask.of(1, 3 * GB))).startsWith("InvalidResourceRequestException: ");
        a.asks(1, 2 * GB);
        b.asks(1, 3 * GB);
        on.settle();
        assertThat(on.held(a, b)).containsExactly(1, 1);
    }

    @SharesTest
    void shouldRefuseApplicationsForAQueueThatIsStopped(Scenario on) throws Exception {
        on.queues(TWO_QUEUES + "root.a.state=STOPPED\n");
        assertThat(on.application("alice", "a").refusal())
                .contains("Queue root.a is STOPPED. Cannot accept submission of application: ");
        on.submit("alice", "b");
    }

    /** Where a parent is stopped, so are its children. */
    @SharesTest
    void shouldRefuseApplicationsBelowAParentThatIsStopped(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a,b
                root.a.capacity=50
                root.a.state=STOPPED
                root.b.capacity=50
                root.a.queues=a1
                root.a.a1.capacity=100
                """);
        assertThat(on.application("alice", "a1").refusal())
                .contains("Queue root.a.a1 is STOPPED. Cannot accept submission of application: ");
    }

    /** A queue that is stopped while applications run lets them go on, with all they want, and takes no others. */
    @SharesTest
    void shouldDrainAQueueThatIsStopped(Scenario on) throws Exception {
        on.queues(TWO_QUEUES);
        on.nodes(2, 5 * GB);
        Application a = on.submit("alice", "a").asks(1, GB);
        on.settle();
        on.refresh(TWO_QUEUES + "root.a.state=STOPPED\n");
        assertThat(on.application("bob", "a").refusal()).contains("is STOPPED");
        a.asks(2, GB);
        on.settle();
        assertThat(on.held(a)).containsExactly(3);
        assertThat(on.queueState("a")).isEqualTo(QueueState.DRAINING);
        a.finishes();
        on.settle();
        assertThat(on.queueState("a")).isEqualTo(QueueState.STOPPED);
        on.refresh(TWO_QUEUES + "root.a.state=RUNNING\n");
        on.submit("bob", "a");
    }
}
