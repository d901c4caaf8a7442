package dev.heddle.rm.shares;

import static dev.heddle.rm.shares.Scenario.GB;
import static org.assertj.core.api.Assertions.assertThat;

/** A large ask is not starved by small ones: room is kept for it where it becomes free. */
class ReservationsTest {
    private static final String TWO_HALVES =
            """
            root.queues=a,b
            root.a.capacity=50
            root.a.user-limit-factor=2
            root.b.capacity=50
            root.b.user-limit-factor=2
            """;

    /**
     * Small containers fill two nodes of 4 GB, and there are always more of them. The one of 4 GB waits in a queue that is
     * owed 4 GB: from now on what ends is kept for it, until there is enough on one node.
     */
    @SharesTest
    void shouldKeepRoomForALargeContainer(Scenario on) throws Exception {
        on.queues(TWO_HALVES);
        Machine kept = on.node(4 * GB);
        on.node(4 * GB);
        Application small = on.submit("alice", "a").asks(100, GB);
        on.settle();
        Application large = on.submit("bob", "b").asks(1, 4 * GB);
        on.settle();
        assertThat(on.held(small, large)).containsExactly(8, 0);
        for (int left = 7; left > 4; left--) {
            small.endsOn(kept, 1);
            on.settle();
            assertThat(on.held(small, large)).containsExactly(left, 0);
        }
        small.endsOn(kept, 1);
        on.settle();
        assertThat(on.held(small, large)).containsExactly(4, 1);
        assertThat(large.heldOn(kept)).isEqualTo(1);
    }

    /**
     * As before, with containers that end here and there: one node is kept until enough has ended on it. Hadoop's scheduler
     * keeps whatever ends until there is enough in all, and a node only then.
     */
    @SharesTest
    void shouldKeepANodeForALargeContainer(Scenario on) throws Exception {
        on.queues(TWO_HALVES);
        Machine first = on.node(4 * GB);
        Machine second = on.node(4 * GB);
        Application small = on.submit("alice", "a").asks(100, GB);
        on.settle();
        Application large = on.submit("bob", "b").asks(1, 4 * GB);
        small.endsOn(second, 2);
        on.settle();
        small.endsOn(first, 2);
        on.settle();
        String why = "what ends elsewhere than on the node that is kept is of no use to the large container";
        assertThat(on.held(small, large)).containsExactly(on.onPurpose(why, 6, 4), 0);
        assertThat(large.reserved()).isEqualTo(1);
        Machine kept = on.onPurpose(why, second, first);
        small.endsOn(kept, 2);
        on.settle();
        assertThat(on.held(small, large)).containsExactly(4, 1);
        assertThat(large.heldOn(kept)).isEqualTo(1);
        assertThat(small.heldOn(kept == first ? second : first)).isEqualTo(4);
        assertThat(large.reserved()).isZero();
    }

    /** When room is found elsewhere, what was kept is free for others again. */
    @SharesTest
    void shouldGiveUpWhatIsKeptWhenThereIsRoomElsewhere(Scenario on) throws Exception {
        on.queues(TWO_HALVES);
        Machine kept = on.node(4 * GB);
        Machine other = on.node(4 * GB);
        Application small = on.submit("alice", "a").asks(100, GB);
        on.settle();
        Application large = on.submit("bob", "b").asks(1, 4 * GB);
        small.endsOn(kept, 1);
        on.settle();
        assertThat(on.held(small, large)).containsExactly(7, 0);
        Machine fresh = on.node(4 * GB);
        on.settle();
        assertThat(on.held(small, large)).containsExactly(8, 1);
        assertThat(large.heldOn(fresh)).isEqualTo(1);
        assertThat(small.heldOn(kept)).isEqualTo(4);
        assertThat(small.heldOn(other)).isEqualTo(4);
    }

    /**
     * For what no node could hold, since the only one that could has gone, nothing is kept. Hadoop's scheduler keeps room all the same, of which nobody has
     * anything (AbstractParentQueue.assignContainersToChildQueues, what it calls blocked headroom).
     */
    @SharesTest
    void shouldKeepNothingForWhatFitsNoNode(Scenario on) throws Exception {
        on.queues(TWO_HALVES);
        on.nodes(2, 4 * GB);
        Machine largest = on.node(6 * GB);
        Application small = on.submit("alice", "a").asks(100, GB);
        on.settle();
        Application large = on.submit("bob", "b").asks(1, 6 * GB);
        on.leaves(largest);
        on.settle();
        small.ends(4);
        on.settle();
        assertThat(on.held(small, large))
                .containsExactly(on.onPurpose("room is kept only for what may come to fit", 8, 4), 0);
        assertThat(large.reserved()).isZero();
    }

    /** Where the application that wants it ends, nothing is kept any more. */
    @SharesTest
    void shouldKeepNothingForAnApplicationThatEnds(Scenario on) throws Exception {
        on.queues(TWO_HALVES);
        Machine kept = on.node(4 * GB);
        on.node(4 * GB);
        Application small = on.submit("alice", "a").asks(100, GB);
        on.settle();
        Application large = on.submit("bob", "b").asks(1, 4 * GB);
        small.endsOn(kept, 1);
        on.settle();
        assertThat(on.held(small)).containsExactly(7);
        large.finishes();
        on.settle();
        assertThat(on.held(small)).containsExactly(8);
    }
}
