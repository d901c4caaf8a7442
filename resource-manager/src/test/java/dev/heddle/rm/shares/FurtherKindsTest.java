package dev.heddle.rm.shares;

import static dev.heddle.rm.shares.Scenario.GB;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.hadoop.yarn.api.records.Resource;

/** Kinds of resources beyond memory and cores, with units of their own. */
class FurtherKindsTest {
    private static final String GPU = "yarn.io/gpu";
    private static final String DISK = "disk";

    private static final String KINDS =
            """
            yarn.resource-types=yarn.io/gpu,disk
            yarn.resource-types.disk.units=Gi
            yarn.resource-types.disk.maximum-allocation=5000
            """;

    private static final String DOMINANT =
            "resource-calculator=org.apache.hadoop.yarn.util.resource.DominantResourceCalculator\n";

    private static final String TWO_HALVES = DOMINANT
            + """
            root.queues=a,b
            root.a.capacity=50
            root.a.user-limit-factor=2
            root.b.capacity=50
            root.b.user-limit-factor=2
            """;

    private static Place place(int memoryMb, long gpus) {
        return Place.of(memoryMb).with(GPU, gpus);
    }

    @SharesTest
    void shouldPlaceContainersWhereTheirKindIs(Scenario on) throws Exception {
        on.yarn(KINDS).queues(TWO_HALVES);
        Application a = on.submit("alice", "a").asks(Ask.of(9, GB).with(GPU, 1));
        on.node(32 * GB);
        Machine gpus = on.node(place(32 * GB, 4));
        on.settle();
        assertThat(on.held(a)).containsExactly(4);
        assertThat(a.heldOn(gpus)).isEqualTo(4);
        assertThat(a.heldOf(GPU)).isEqualTo(4);
    }

    /** A GPU is a ninth of all, and so are 4 GB: either gets as much. */
    @SharesTest
    void shouldDivideByTheKindOfWhichSomebodyHasMost(Scenario on) throws Exception {
        on.yarn(KINDS).queues(TWO_HALVES);
        Application gpus = on.submit("alice", "a").asks(Ask.of(20, GB).with(GPU, 1));
        Application memory = on.submit("bob", "b").asks(Ask.of(20, 4 * GB));
        on.node(place(35 * GB, 9));
        on.settle();
        assertThat(on.held(gpus, memory)).containsExactly(7, 7);
    }

    @SharesTest
    void shouldStopAQueueAtItsMaximumOfAnyKind(Scenario on) throws Exception {
        on.yarn(KINDS).queues(TWO_HALVES + "root.a.capacity=25\nroot.b.capacity=75\nroot.a.maximum-capacity=25\n");
        Application a = on.submit("alice", "a").asks(Ask.of(9, GB).with(GPU, 1));
        on.node(place(64 * GB, 8));
        on.settle();
        assertThat(on.held(a)).containsExactly(2);
    }

    /** As with memory, who is first may have one more than an equal part. */
    @SharesTest
    void shouldLetUsersShareAKind(Scenario on) throws Exception {
        on.yarn(KINDS).queues(DOMINANT + "root.queues=a\nroot.a.capacity=100\nroot.a.minimum-user-limit-percent=50\n");
        Application alices = on.submit("alice", "a").asks(Ask.of(9, GB).with(GPU, 1));
        Application bobs = on.submit("bob", "a").asks(Ask.of(9, GB).with(GPU, 1));
        on.node(place(64 * GB, 8));
        on.settle();
        assertThat(on.held(alices, bobs)).containsExactly(5, 3);
    }

    @SharesTest
    void shouldHoldQueuesToAmountsOfEachKind(Scenario on) throws Exception {
        on.yarn(KINDS)
                .queues(
                        DOMINANT
                                + """
                        root.queues=a,b
                        root.a.capacity=[memory=16384,vcores=32,yarn.io/gpu=2]
                        root.a.maximum-capacity=[memory=16384,vcores=32,yarn.io/gpu=2]
                        root.b.capacity=[memory=16384,vcores=32,yarn.io/gpu=6]
                        """);
        Application a = on.submit("alice", "a").asks(Ask.of(9, GB).with(GPU, 1));
        on.node(place(32 * GB, 8));
        on.settle();
        assertThat(on.held(a)).containsExactly(2);
        assertThat(on.guaranteed("a")).isEqualTo(Resource.newInstance(16 * GB, 32, Map.of(GPU, 2L)));
        assertThat(on.guaranteed("b")).isEqualTo(Resource.newInstance(16 * GB, 32, Map.of(GPU, 6L)));
    }

    /** Amounts come first, then percentages of what is left, then weights. */
    @SharesTest
    void shouldDivideEachKindInItsOwnWay(Scenario on) throws Exception {
        on.yarn(KINDS)
                .queues(
                        DOMINANT
                                + """
                        legacy-queue-mode.enabled=false
                        root.queues=a,b
                        root.a.capacity=[memory=50%,vcores=16,yarn.io/gpu=1w]
                        root.b.capacity=[memory=8192,vcores=50%,yarn.io/gpu=3w]
                        """);
        on.node(place(32 * GB, 8));
        assertThat(on.guaranteed("a")).isEqualTo(Resource.newInstance(12 * GB, 16, Map.of(GPU, 2L)));
        assertThat(on.guaranteed("b")).isEqualTo(Resource.newInstance(8 * GB, 24, Map.of(GPU, 6L)));
    }

    @SharesTest
    void shouldScaleAmountsThatAreNotThere(Scenario on) throws Exception {
        on.yarn(KINDS)
                .queues(
                        DOMINANT
                                + """
                        root.queues=a,b
                        root.a.capacity=[memory=16384,vcores=32,yarn.io/gpu=12]
                        root.b.capacity=[memory=16384,vcores=32,yarn.io/gpu=4]
                        """);
        on.node(place(32 * GB, 8));
        assertThat(on.guaranteed("a")).isEqualTo(Resource.newInstance(16 * GB, 32, Map.of(GPU, 6L)));
        assertThat(on.guaranteed("b")).isEqualTo(Resource.newInstance(16 * GB, 32, Map.of(GPU, 2L)));
    }

    @SharesTest
    void shouldTakeAsksInOtherUnits(Scenario on) throws Exception {
        on.yarn(KINDS).queues(TWO_HALVES);
        Application a = on.submit("alice", "a").asks(Ask.of(3, GB).with(DISK, 2, "Ti"));
        on.node(Place.of(32 * GB).with(DISK, 5000));
        on.settle();
        assertThat(on.held(a)).containsExactly(2);
        assertThat(a.heldOf(DISK)).isEqualTo(2 * 2048);
    }

    @SharesTest
    void shouldRefuseMoreOfAKindThanAContainerMayHave(Scenario on) throws Exception {
        on.yarn(KINDS).queues(TWO_HALVES);
        on.node(Place.of(32 * GB).with(DISK, 9000));
        Application a = on.submit("alice", "a");
        assertThat(a.refusal(Ask.of(1, GB).with(DISK, 5, "Ti")))
                .startsWith("InvalidResourceRequestException: Invalid resource request! Cannot allocate containers as"
                        + " requested resource is greater than maximum allowed allocation. Requested resource type=[disk],"
                        + " Requested resource=<memory:1024, vCores:1, disk: 5120Gi>, maximum allowed"
                        + " allocation=<memory:8192, vCores:4");
        assertThat(a.refusal(Ask.of(1, GB).with(DISK, -1, "Gi")))
                .startsWith("InvalidResourceRequestException: Invalid resource request! Cannot allocate containers as"
                        + " requested resource is less than 0! Requested resource type=[disk], Requested"
                        + " resource=<memory:1024, vCores:1, disk: -1Gi>");
        assertThat(a.refusal(Ask.of(1, GB).with(GPU, 1)))
                .startsWith("InvalidResourceRequestException: Invalid resource request! Cannot allocate containers as"
                        + " requested resource is greater than maximum allowed allocation. Requested resource"
                        + " type=[yarn.io/gpu]");
    }

    /** Each container has the least amount, and a multiple of it. */
    @SharesTest
    void shouldRoundAmountsUpToTheLeastOfTheKind(Scenario on) throws Exception {
        on.yarn(KINDS + "yarn.resource-types.disk.minimum-allocation=10\n").queues(TWO_HALVES);
        Application a = on.submit("alice", "a").asks(Ask.of(1, GB).with(DISK, 15, "Gi"));
        Application b = on.submit("bob", "b").asks(Ask.of(2, GB));
        on.node(Place.of(32 * GB).with(DISK, 100));
        on.settle();
        assertThat(on.held(a, b)).containsExactly(1, 2);
        assertThat(a.heldOf(DISK)).isEqualTo(20);
        assertThat(b.heldOf(DISK)).isEqualTo(20);
    }
}
