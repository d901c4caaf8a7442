package dev.heddle.rm.shares;

import static dev.heddle.rm.shares.Scenario.GB;
import static org.assertj.core.api.Assertions.assertThat;

/** What counts: memory alone, or whatever a queue uses the largest part of. */
class ResourceKindsTest {
    private static final String DOMINANT =
            "resource-calculator=org.apache.hadoop.yarn.util.resource.DominantResourceCalculator\n";

    private static final String TWO_HALVES =
            """
            root.queues=a,b
            root.a.capacity=50
            root.a.user-limit-factor=2
            root.b.capacity=50
            root.b.user-limit-factor=2
            """;

    /** The default calculator sees memory alone: 8 containers of 1 GB on 4 cores. */
    @SharesTest
    void shouldFillMemoryAloneByDefault(Scenario on) throws Exception {
        on.queues(TWO_HALVES);
        Application a = on.submit("alice", "a").asks(20, GB);
        on.node(Place.of(8 * GB).cores(4));
        on.settle();
        assertThat(on.held(a)).containsExactly(8);
    }

    @SharesTest
    void shouldStopWhereCoresAreUsedUp(Scenario on) throws Exception {
        on.queues(DOMINANT + TWO_HALVES);
        Application a = on.submit("alice", "a").asks(20, GB);
        on.node(Place.of(8 * GB).cores(4));
        on.settle();
        assertThat(on.held(a)).containsExactly(4);
    }

    /**
     * The example of the paper on dominant resource fairness (Ghodsi et al., NSDI 2011): of 9 cores and 18 GB, who wants 1
     * core and 4 GB gets 3, who wants 3 cores and 1 GB gets 2. Either has two thirds of what it wants most.
     */
    @SharesTest
    void shouldDivideByTheDominantResource(Scenario on) throws Exception {
        on.queues(DOMINANT + TWO_HALVES);
        Application memory = on.submit("alice", "a").asks(Ask.of(20, 4 * GB, 1));
        Application cores = on.submit("bob", "b").asks(Ask.of(20, GB, 3));
        on.node(Place.of(18 * GB).cores(9));
        on.settle();
        assertThat(on.held(memory, cores)).containsExactly(3, 2);
    }

    /** The same asks by memory alone: 8 GB for either, and the last 2 GB are kept for another 4 GB of a's. */
    @SharesTest
    void shouldDivideTheSameAsksOtherwiseByMemoryAlone(Scenario on) throws Exception {
        on.queues(TWO_HALVES);
        Application memory = on.submit("alice", "a").asks(Ask.of(20, 4 * GB, 1));
        Application cores = on.submit("bob", "b").asks(Ask.of(20, GB, 3));
        on.node(Place.of(18 * GB).cores(9));
        on.settle();
        assertThat(on.held(memory, cores)).containsExactly(2, 8);
    }

    /** A queue is over its maximum when any resource is: 25 % of 16 cores are 4, though memory would allow 8. */
    @SharesTest
    void shouldStopAQueueAtItsMaximumOfAnyResource(Scenario on) throws Exception {
        on.queues(DOMINANT + TWO_HALVES + "root.a.capacity=25\nroot.b.capacity=75\nroot.a.maximum-capacity=25\n");
        Application a = on.submit("alice", "a").asks(20, GB);
        on.node(Place.of(32 * GB).cores(16));
        on.settle();
        assertThat(on.held(a)).containsExactly(4);
    }

    /** What is asked is rounded up to multiples of the least size: 1,500 MB take 2 GB. */
    @SharesTest
    void shouldRoundSizesUp(Scenario on) throws Exception {
        on.queues(TWO_HALVES);
        Application a = on.submit("alice", "a").asks(20, 1500);
        on.node(8 * GB);
        on.settle();
        assertThat(on.held(a)).containsExactly(4);
        assertThat(a.memoryHeld()).isEqualTo(8 * GB);
    }
}
