package dev.heddle.rm.shares;

import static dev.heddle.rm.shares.Scenario.GB;
import static org.assertj.core.api.Assertions.assertThat;

/** Queues grow beyond their guarantee where others leave room, up to their maximum and to what one user may have. */
class ElasticityTest {
    private static final String TWO_QUEUES =
            """
            root.queues=a,b
            root.a.capacity=30
            root.a.user-limit-factor=10
            root.b.capacity=70
            root.b.user-limit-factor=10
            """;

    @SharesTest
    void shouldLetAQueueGrowIntoTheRoomOfAnIdleOne(Scenario on) throws Exception {
        on.queues(TWO_QUEUES);
        Application a = on.submit("alice", "a").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(a)).containsExactly(10);
    }

    /** 50 % of 10 containers. */
    @SharesTest
    void shouldStopAtTheMaximumCapacity(Scenario on) throws Exception {
        on.queues(TWO_QUEUES + "root.a.maximum-capacity=50\n");
        Application a = on.submit("alice", "a").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(a)).containsExactly(5);
    }

    /** 70 % of 10 containers are 7. The 0.7 that Hadoop keeps as a float is a little less, and rounded down 6. */
    @SharesTest
    void shouldStopAtTheMaximumOfTheRoot(Scenario on) throws Exception {
        on.queues(TWO_QUEUES + "root.maximum-capacity=60\n");
        Application a = on.submit("alice", "a").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(a)).containsExactly(6);
    }

    @SharesTest
    void shouldReachAMaximumThatIsNoBinaryFraction(Scenario on) throws Exception {
        on.queues(TWO_QUEUES + "root.a.maximum-capacity=70\n");
        Application a = on.submit("alice", "a").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(a)).containsExactly(on.onPurpose("no container is lost to rounding", 7, 6));
    }

    /** An absolute maximum: 4 GB. */
    @SharesTest
    void shouldStopAtAnAbsoluteMaximum(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a,b
                root.a.capacity=[memory=2048,vcores=2]
                root.a.maximum-capacity=[memory=4096,vcores=100]
                root.a.user-limit-factor=10
                root.b.capacity=[memory=8192,vcores=8]
                """);
        Application a = on.submit("alice", "a").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(a)).containsExactly(4);
    }

    /** The child may have all that its parent has, and that is 60 % of 10. */
    @SharesTest
    void shouldStopAtTheMaximumOfAParent(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a,b
                root.a.capacity=30
                root.a.maximum-capacity=60
                root.b.capacity=70
                root.a.queues=a1,a2
                root.a.a1.capacity=50
                root.a.a1.user-limit-factor=10
                root.a.a2.capacity=50
                root.a.a2.user-limit-factor=10
                """);
        Application a1 = on.submit("alice", "a1").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(a1)).containsExactly(6);
    }

    /** The maximum of a child is of its parent's maximum: 50 % of 60 % of 10. */
    @SharesTest
    void shouldTakeTheMaximumOfAChildFromThatOfItsParent(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a,b
                root.a.capacity=30
                root.a.maximum-capacity=60
                root.b.capacity=70
                root.a.queues=a1,a2
                root.a.a1.capacity=50
                root.a.a1.maximum-capacity=50
                root.a.a1.user-limit-factor=10
                root.a.a2.capacity=50
                """);
        Application a1 = on.submit("alice", "a1").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(a1)).containsExactly(3);
    }

    /**
     * Nothing is taken away from who has grown, but what ends goes to who has the least of its guarantee. After 4 ends all
     * of them go to b, which is at 4 of 7. After 5 more a has 1 of 3, and both are filled to their guarantees.
     */
    @SharesTest
    void shouldGiveBackWhatEndsToTheQueueThatIsOwedIt(Scenario on) throws Exception {
        on.queues(TWO_QUEUES);
        Application a = on.submit("alice", "a").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        Application b = on.submit("bob", "b").asks(20, GB);
        on.settle();
        assertThat(on.held(a, b)).containsExactly(10, 0);
        a.ends(4);
        on.settle();
        assertThat(on.held(a, b)).containsExactly(6, 4);
        a.ends(5);
        on.settle();
        assertThat(on.held(a, b)).containsExactly(3, 7);
    }

    /** c wants 2 of its 5; a and b divide the other 8 by their capacities, 2 to 3: that is 3 and 5. */
    @SharesTest
    void shouldDivideWhatAQueueLeavesByTheCapacitiesOfTheOthers(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a,b,c
                root.a.capacity=20
                root.a.user-limit-factor=10
                root.b.capacity=30
                root.b.user-limit-factor=10
                root.c.capacity=50
                """);
        Application a = on.submit("alice", "a").asks(20, GB);
        Application b = on.submit("bob", "b").asks(20, GB);
        Application c = on.submit("carol", "c").asks(2, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(a, b, c)).containsExactly(3, 5, 2);
    }

    /** What a1 leaves goes to a2 before it goes to b: a stays at its 50 % as long as its children want that much. */
    @SharesTest
    void shouldGiveWhatAChildLeavesToItsSiblingFirst(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a,b
                root.a.capacity=50
                root.b.capacity=50
                root.b.user-limit-factor=10
                root.a.queues=a1,a2
                root.a.a1.capacity=50
                root.a.a2.capacity=50
                root.a.a2.user-limit-factor=10
                """);
        Application a1 = on.submit("alice", "a1").asks(1, GB);
        Application a2 = on.submit("bob", "a2").asks(20, GB);
        Application b = on.submit("carol", "b").asks(20, GB);
        on.node(12 * GB);
        on.settle();
        assertThat(on.held(a1, a2, b)).containsExactly(1, 5, 6);
    }

    /** A queue whose maximum is lowered below what it has loses nothing, and gets nothing until enough has ended. */
    @SharesTest
    void shouldLetAQueueShrinkToALoweredMaximumAsContainersEnd(Scenario on) throws Exception {
        on.queues(TWO_QUEUES);
        Application a = on.submit("alice", "a").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        on.refresh(TWO_QUEUES + "root.a.maximum-capacity=50\n");
        on.settle();
        assertThat(on.held(a)).containsExactly(10);
        a.ends(4);
        on.settle();
        assertThat(on.held(a)).containsExactly(6);
        a.ends(3);
        on.settle();
        assertThat(on.held(a)).containsExactly(5);
    }
}
