package dev.heddle.rm.shares;

import static dev.heddle.rm.shares.Scenario.GB;
import static org.assertj.core.api.Assertions.assertThat;

/** Queues get what they are guaranteed when all of them want more than there is. */
class GuaranteesTest {
    /** Of 10 containers 30 % and 70 %. */
    @SharesTest
    void shouldDivideByPercent(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a,b
                root.a.capacity=30
                root.b.capacity=70
                """);
        Application a = on.submit("alice", "a").asks(20, GB);
        Application b = on.submit("bob", "b").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(a, b)).containsExactly(3, 7);
    }

    /** A queue's percentage is of its parent's share: of 20 containers a has 10, of which 40 % and 60 %. */
    @SharesTest
    void shouldDivideTheShareOfAParentAmongItsChildren(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a,b
                root.a.capacity=50
                root.b.capacity=50
                root.a.queues=a1,a2
                root.a.a1.capacity=40
                root.a.a2.capacity=60
                """);
        Application a1 = on.submit("alice", "a1").asks(30, GB);
        Application a2 = on.submit("bob", "a2").asks(30, GB);
        Application b = on.submit("carol", "b").asks(30, GB);
        on.node(20 * GB);
        on.settle();
        assertThat(on.held(a1, a2, b)).containsExactly(4, 6, 10);
    }

    /** Queues of three levels: 50 % of 40 % of 20 containers is 4. */
    @SharesTest
    void shouldDivideThroughThreeLevels(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a,b
                root.a.capacity=40
                root.b.capacity=60
                root.a.queues=a1
                root.a.a1.capacity=100
                root.a.a1.queues=x,y
                root.a.a1.x.capacity=50
                root.a.a1.y.capacity=50
                """);
        Application x = on.submit("alice", "root.a.a1.x").asks(30, GB);
        Application y = on.submit("bob", "root.a.a1.y").asks(30, GB);
        Application b = on.submit("carol", "b").asks(30, GB);
        on.node(20 * GB);
        on.settle();
        assertThat(on.held(x, y, b)).containsExactly(4, 4, 12);
    }

    @SharesTest
    void shouldDivideByAbsoluteResources(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a,b
                root.a.capacity=[memory=6144,vcores=6]
                root.b.capacity=[memory=4096,vcores=4]
                """);
        Application a = on.submit("alice", "a").asks(20, GB);
        Application b = on.submit("bob", "b").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(a, b)).containsExactly(6, 4);
    }

    /** Half of what was promised is there, so each queue gets half of its promise: 6 and 4 become 3 and 2. */
    @SharesTest
    void shouldScaleAbsoluteResourcesDownToASmallerCluster(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a,b
                root.a.capacity=[memory=6144,vcores=6]
                root.b.capacity=[memory=4096,vcores=4]
                """);
        Application a = on.submit("alice", "a").asks(20, GB);
        Application b = on.submit("bob", "b").asks(20, GB);
        on.node(5 * GB);
        on.settle();
        assertThat(on.held(a, b)).containsExactly(3, 2);
    }

    @SharesTest
    void shouldDivideByWeight(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a,b
                root.a.capacity=1w
                root.b.capacity=3w
                """);
        Application a = on.submit("alice", "a").asks(20, GB);
        Application b = on.submit("bob", "b").asks(20, GB);
        on.node(8 * GB);
        on.settle();
        assertThat(on.held(a, b)).containsExactly(2, 6);
    }

    /** Weights among the children of the root, percentages among those of a. */
    @SharesTest
    void shouldDivideByWeightAboveAndByPercentBelow(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a,b
                root.a.capacity=3w
                root.b.capacity=1w
                root.a.queues=a1,a2
                root.a.a1.capacity=25
                root.a.a2.capacity=75
                """);
        Application a1 = on.submit("alice", "a1").asks(30, GB);
        Application a2 = on.submit("bob", "a2").asks(30, GB);
        Application b = on.submit("carol", "b").asks(30, GB);
        on.node(16 * GB);
        on.settle();
        assertThat(on.held(a1, a2, b)).containsExactly(3, 9, 4);
    }

    /** Where a share is no whole number, who has the largest capacity among equals goes first: 10 is 3, 3 and 4. */
    @SharesTest
    void shouldGiveTheOddContainerToTheLargestQueue(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a,b,c
                root.a.capacity=33.33
                root.b.capacity=33.33
                root.c.capacity=33.34
                """);
        Application a = on.submit("alice", "a").asks(20, GB);
        Application b = on.submit("bob", "b").asks(20, GB);
        Application c = on.submit("carol", "c").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(a, b, c)).containsExactly(3, 3, 4);
    }

    /** A queue that is guaranteed nothing comes after all that are guaranteed something, and has what they leave. */
    @SharesTest
    void shouldGiveAQueueWithoutCapacityWhatOthersLeave(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a,b
                root.a.capacity=0
                root.a.maximum-capacity=100
                root.a.maximum-applications=10
                root.b.capacity=100
                """);
        Application a = on.submit("alice", "a").asks(20, GB);
        Application b = on.submit("bob", "b").asks(6, GB);
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(a, b)).containsExactly(4, 6);
    }

    /** Ten more containers come with new nodes, and are divided as the first ten were. */
    @SharesTest
    void shouldDivideWhatNewNodesBring(Scenario on) throws Exception {
        on.queues(
                """
                root.queues=a,b
                root.a.capacity=30
                root.b.capacity=70
                """);
        Application a = on.submit("alice", "a").asks(20, GB);
        Application b = on.submit("bob", "b").asks(20, GB);
        on.node(10 * GB);
        on.settle();
        on.node(10 * GB);
        on.settle();
        assertThat(on.held(a, b)).containsExactly(6, 14);
    }
}
