package dev.heddle.rm.shares;

import static dev.heddle.rm.shares.Scenario.GB;
import static org.assertj.core.api.Assertions.assertThat;

/** Where containers are put. */
class LocalityTest {
    private static final String ONE_QUEUE =
            """
            root.queues=a
            root.a.capacity=100
            """;

    /** Enough for every delay that the configurations here have. */
    private static final int PATIENCE = 12;

    @SharesTest
    void shouldPutContainersOnTheHostThatIsAskedFor(Scenario on) throws Exception {
        on.queues(ONE_QUEUE);
        on.node(4 * GB);
        Machine wanted = on.node(4 * GB);
        on.node(4 * GB);
        Application a = on.submit("alice", "a").asks(Ask.of(3, GB).on(wanted));
        on.settle();
        assertThat(on.held(a)).containsExactly(3);
        assertThat(a.heldOn(wanted)).isEqualTo(3);
    }

    /** After node-locality-delay opportunities on other nodes the rack will do. */
    @SharesTest
    void shouldGoOnToTheRackWhenTheHostIsFull(Scenario on) throws Exception {
        on.queues(ONE_QUEUE + "node-locality-delay=2\n");
        Machine wanted = on.node(2 * GB);
        Machine beside = on.node(8 * GB);
        Machine elsewhere = on.node(Place.of(8 * GB).rack(2));
        Application a = on.submit("alice", "a").asks(Ask.of(3, GB).on(wanted));
        on.settle().rounds(PATIENCE);
        assertThat(on.held(a)).containsExactly(3);
        assertThat(a.heldOn(wanted)).isEqualTo(2);
        assertThat(a.heldOn(beside)).isEqualTo(1);
        assertThat(a.heldOn(elsewhere)).isZero();
    }

    /** When the rack is full, too, any place will do. */
    @SharesTest
    void shouldGoOnToAnyPlaceWhenTheRackIsFull(Scenario on) throws Exception {
        on.queues(
                ONE_QUEUE
                        + """
                node-locality-delay=2
                rack-locality-additional-delay=2
                """);
        Machine wanted = on.node(2 * GB);
        Machine elsewhere = on.node(Place.of(8 * GB).rack(2));
        Application a = on.submit("alice", "a").asks(Ask.of(3, GB).on(wanted));
        on.settle().rounds(PATIENCE);
        assertThat(on.held(a)).containsExactly(3);
        assertThat(a.heldOn(wanted)).isEqualTo(2);
        assertThat(a.heldOn(elsewhere)).isEqualTo(1);
    }

    @SharesTest
    void shouldWaitForTheHostWhereNoOtherPlaceWillDo(Scenario on) throws Exception {
        on.queues(ONE_QUEUE + "node-locality-delay=1\n");
        Machine wanted = on.node(2 * GB);
        on.node(8 * GB);
        Application a = on.submit("alice", "a").asks(Ask.of(3, GB).on(wanted).only());
        on.settle().rounds(PATIENCE);
        assertThat(on.held(a)).containsExactly(2);
        a.ends(1);
        on.settle();
        assertThat(a.heldOn(wanted)).isEqualTo(2);
    }

    /** Another ask, at a lower priority, does not wait behind one that is bound to a full host. */
    @SharesTest
    void shouldServeOtherAsksBehindOneThatIsBoundToAHost(Scenario on) throws Exception {
        on.queues(ONE_QUEUE);
        Machine wanted = on.node(2 * GB);
        Machine beside = on.node(8 * GB);
        Application a = on.submit("alice", "a")
                .asks(Ask.of(3, GB).priority(1).on(wanted).only())
                .asks(Ask.of(4, GB).priority(2));
        on.settle().rounds(PATIENCE);
        assertThat(a.heldOn(wanted)).isEqualTo(2);
        assertThat(a.heldOn(beside)).isEqualTo(4);
    }

    @SharesTest
    void shouldStayInTheRackWhereNoOtherWillDo(Scenario on) throws Exception {
        on.queues(ONE_QUEUE + "node-locality-delay=0\n");
        on.node(8 * GB);
        Machine first = on.node(Place.of(2 * GB).rack(2));
        Machine second = on.node(Place.of(2 * GB).rack(2));
        Application a =
                on.submit("alice", "a").asks(Ask.of(6, GB).in(second.rack()).only());
        on.settle().rounds(PATIENCE);
        assertThat(on.held(a)).containsExactly(4);
        assertThat(a.heldOn(first)).isEqualTo(2);
        assertThat(a.heldOn(second)).isEqualTo(2);
    }

    /**
     * An ask that is bound to a rack waits for no host in it. Hadoop's scheduler waits, and counts no opportunity as missed
     * meanwhile (RegularContainerAllocator.tryAllocateOnNode), so it waits for ever.
     */
    @SharesTest
    void shouldNotWaitForAHostWhereARackIsAskedFor(Scenario on) throws Exception {
        on.queues(ONE_QUEUE);
        on.node(8 * GB);
        Machine wanted = on.node(Place.of(2 * GB).rack(2));
        Application a =
                on.submit("alice", "a").asks(Ask.of(6, GB).in(wanted.rack()).only());
        on.settle().rounds(PATIENCE);
        assertThat(on.held(a))
                .containsExactly(on.onPurpose("a rack that is asked for is as good as a host that is", 2, 0));
    }

    /** Either host is as good as the other. */
    @SharesTest
    void shouldUseAnyOfSeveralHostsThatAreAskedFor(Scenario on) throws Exception {
        on.queues(ONE_QUEUE);
        Machine first = on.node(2 * GB);
        Machine second = on.node(2 * GB);
        on.node(8 * GB);
        Application a = on.submit("alice", "a").asks(Ask.of(4, GB).on(first, second));
        on.settle();
        assertThat(a.heldOn(first)).isEqualTo(2);
        assertThat(a.heldOn(second)).isEqualTo(2);
    }

    @SharesTest
    void shouldKeepAwayFromNodesThatAnApplicationAvoids(Scenario on) throws Exception {
        on.queues(ONE_QUEUE);
        Machine avoided = on.node(4 * GB);
        Machine other = on.node(4 * GB);
        Application a = on.submit("alice", "a").avoids(avoided).asks(8, GB);
        Application b = on.submit("alice", "a").asks(8, GB);
        on.settle();
        assertThat(on.held(a, b)).containsExactly(4, 4);
        assertThat(a.heldOn(other)).isEqualTo(4);
        assertThat(b.heldOn(avoided)).isEqualTo(4);
    }

    /** Asks of an application are served by its own priorities: what it wants most comes first, whatever the size. */
    @SharesTest
    void shouldServeTheAsksOfAnApplicationByTheirPriority(Scenario on) throws Exception {
        on.queues(ONE_QUEUE);
        Application a = on.submit("alice", "a")
                .asks(Ask.of(10, GB).priority(20))
                .asks(Ask.of(3, 2 * GB).priority(10));
        on.node(8 * GB);
        on.settle();
        assertThat(on.held(a)).containsExactly(5);
        assertThat(a.memoryHeld()).isEqualTo(8 * GB);
    }
}
