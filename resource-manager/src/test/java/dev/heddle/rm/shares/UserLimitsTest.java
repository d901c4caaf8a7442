package dev.heddle.rm.shares;

import static dev.heddle.rm.shares.Scenario.GB;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * How users divide a queue. The limit of a user is the larger of an even share among the users who want more and of
 * {@code minimum-user-limit-percent}, and at most {@code user-limit-factor} times the queue's capacity. Who is at the limit
 * gets one more: only who is over it has to wait.
 */
class UserLimitsTest {
    private static final String ONE_QUEUE =
            """
            root.queues=a
            root.a.capacity=100
            """;

    /** The default of 100 % lets who comes first have everything. */
    @SharesTest
    void shouldServeUsersOneAfterTheOtherByDefault(Scenario on) throws Exception {
        on.queues(ONE_QUEUE);
        Application alice = on.submit("alice", "a").asks(20, GB);
        Application bob = on.submit("bob", "a").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(alice, bob)).containsExactly(10, 0);
    }

    /** At least half of 10 for alice, who is first; and one more. */
    @SharesTest
    void shouldGiveHalfToEachOfTwoUsers(Scenario on) throws Exception {
        on.queues(ONE_QUEUE + "root.a.minimum-user-limit-percent=50\n");
        Application alice = on.submit("alice", "a").asks(20, GB);
        Application bob = on.submit("bob", "a").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(alice, bob)).containsExactly(6, 4);
    }

    /** Evenly, 6 of 12, and one more for alice, who is first when 11 are given and the limit of either is 6. */
    @SharesTest
    void shouldDivideEvenlyAmongFewerUsersThanTheMinimumAllows(Scenario on) throws Exception {
        on.queues(ONE_QUEUE + "root.a.minimum-user-limit-percent=25\n");
        Application alice = on.submit("alice", "a").asks(20, GB);
        Application bob = on.submit("bob", "a").asks(20, GB);
        on.node(12 * GB);
        on.settle();
        assertThat(on.held(alice, bob)).containsExactly(7, 5);
    }

    /** 25 % of 16 is 4 for each of the first; the fifth has to wait for one of them. */
    @SharesTest
    void shouldLetMoreUsersThanTheMinimumAllowsWait(Scenario on) throws Exception {
        on.queues(ONE_QUEUE + "root.a.minimum-user-limit-percent=25\n");
        Application alice = on.submit("alice", "a").asks(20, GB);
        Application bob = on.submit("bob", "a").asks(20, GB);
        Application carol = on.submit("carol", "a").asks(20, GB);
        Application dave = on.submit("dave", "a").asks(20, GB);
        Application erin = on.submit("erin", "a").asks(20, GB);
        on.node(16 * GB);
        on.settle();
        assertThat(on.held(alice, bob, carol, dave, erin)).containsExactly(5, 5, 5, 1, 0);
    }

    /** Half of the 10 that are the queue's capacity, and one more. */
    @SharesTest
    void shouldStopAUserAtAPartOfTheCapacity(Scenario on) throws Exception {
        on.queues(ONE_QUEUE + "root.a.user-limit-factor=0.5\n");
        Application alice = on.submit("alice", "a").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(alice)).containsExactly(6);
    }

    /** The default factor of 1 keeps one user within the capacity of 5, but for one more, though the queue may grow. */
    @SharesTest
    void shouldStopAUserAtTheCapacityOfTheQueue(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a,b
                root.a.capacity=50
                root.b.capacity=50
                """);
        Application alice = on.submit("alice", "a").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(alice)).containsExactly(6);
    }

    @SharesTest
    void shouldNotLimitUsersWhereTheFactorIsMinusOne(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a,b
                root.a.capacity=50
                root.a.user-limit-factor=-1
                root.b.capacity=50
                """);
        Application alice = on.submit("alice", "a").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(alice)).containsExactly(10);
    }

    /** alice counts for two: her limit is 8 of 12, and she gets one more. */
    @SharesTest
    void shouldDivideByTheWeightsOfUsers(Scenario on) throws Exception {
        on.queues(
                ONE_QUEUE
                        + """
                        root.a.minimum-user-limit-percent=25
                        root.a.user-settings.alice.weight=2
                        """);
        Application alice = on.submit("alice", "a").asks(20, GB);
        Application bob = on.submit("bob", "a").asks(20, GB);
        on.node(12 * GB);
        on.settle();
        assertThat(on.held(alice, bob)).containsExactly(9, 3);
    }

    /** Two applications of one user share the limit of that user, which is 6 of 12, and one more. */
    @SharesTest
    void shouldCountAllApplicationsOfAUserTogether(Scenario on) throws Exception {
        on.queues(ONE_QUEUE + "root.a.minimum-user-limit-percent=25\n");
        Application first = on.submit("alice", "a").asks(3, GB);
        Application second = on.submit("alice", "a").asks(20, GB);
        Application bob = on.submit("bob", "a").asks(20, GB);
        on.node(12 * GB);
        on.settle();
        assertThat(on.held(first, second, bob)).containsExactly(3, 4, 5);
    }

    /** Who has what she wants does not count among those that the rest is divided by. */
    @SharesTest
    void shouldNotCountUsersWhoWantNothingMore(Scenario on) throws Exception {
        on.queues(ONE_QUEUE + "root.a.minimum-user-limit-percent=50\n");
        Application alice = on.submit("alice", "a").asks(2, GB);
        Application bob = on.submit("bob", "a").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(alice, bob)).containsExactly(2, 8);
    }

    /** alice has had everything; of what ends she gets nothing until bob has as much as she. */
    @SharesTest
    void shouldEvenOutAsContainersEndWhenAnotherUserComes(Scenario on) throws Exception {
        on.queues(ONE_QUEUE + "root.a.minimum-user-limit-percent=50\n");
        Application alice = on.submit("alice", "a").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        Application bob = on.submit("bob", "a").asks(20, GB);
        on.settle();
        assertThat(on.held(alice, bob)).containsExactly(10, 0);
        alice.ends(4);
        on.settle();
        assertThat(on.held(alice, bob)).containsExactly(6, 4);
    }

    /** When bob goes, alice is the only one left. */
    @SharesTest
    void shouldGiveAUserMoreWhenAnotherGoes(Scenario on) throws Exception {
        on.queues(ONE_QUEUE + "root.a.minimum-user-limit-percent=50\n");
        Application alice = on.submit("alice", "a").asks(20, GB);
        Application bob = on.submit("bob", "a").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        bob.finishes();
        on.settle();
        assertThat(on.held(alice)).containsExactly(10);
    }
}
