package dev.heddle.rm.shares;

import static dev.heddle.rm.shares.Scenario.GB;
import static org.assertj.core.api.Assertions.assertThat;

/** Nodes with a label are a cluster of their own, which queues share by capacities of their own. */
class LabelsTest {
    private static final boolean EXCLUSIVE = true;
    private static final String ENABLED = "yarn.node-labels.enabled=true";

    /** Both queues may use nodes with the label x, of which a is guaranteed 40 % and b 60 %. */
    private static final String TWO_QUEUES =
            """
            root.queues=a,b
            root.accessible-node-labels=x
            root.accessible-node-labels.x.capacity=100
            root.a.capacity=70
            root.a.user-limit-factor=10
            root.a.accessible-node-labels=x
            root.a.accessible-node-labels.x.capacity=40
            root.b.capacity=30
            root.b.user-limit-factor=10
            root.b.accessible-node-labels=x
            root.b.accessible-node-labels.x.capacity=60
            """;

    /** Only a may use nodes with the label. */
    private static final String ONE_OF_TWO =
            """
            root.queues=a,b
            root.accessible-node-labels=x
            root.accessible-node-labels.x.capacity=100
            root.a.capacity=50
            root.a.user-limit-factor=10
            root.a.accessible-node-labels=x
            root.a.accessible-node-labels.x.capacity=100
            root.b.capacity=50
            root.b.user-limit-factor=10
            root.b.accessible-node-labels=\\u0020
            """;

    @SharesTest
    void shouldKeepLabelledNodesForThoseWhoAskForThem(Scenario on) throws Exception {
        on.yarn(ENABLED).queues(TWO_QUEUES);
        on.label("x", EXCLUSIVE);
        Machine plain = on.node(5 * GB);
        Machine labelled = on.node(Place.of(5 * GB).label("x"));
        Application unlabelled = on.submit("alice", "a").asks(20, GB);
        Application onlyX = on.submit("alice", "a").asks(Ask.of(20, GB).label("x"));
        on.settle();
        assertThat(on.held(unlabelled, onlyX)).containsExactly(5, 5);
        assertThat(unlabelled.heldOn(plain)).isEqualTo(5);
        assertThat(onlyX.heldOn(labelled)).isEqualTo(5);
    }

    /** Nodes without the label are divided 70 to 30, those with it 40 to 60. */
    @SharesTest
    void shouldDivideEachLabelByItsOwnCapacities(Scenario on) throws Exception {
        on.yarn(ENABLED).queues(TWO_QUEUES);
        on.label("x", EXCLUSIVE);
        Application a = on.submit("alice", "a").asks(20, GB);
        Application b = on.submit("bob", "b").asks(20, GB);
        Application ax = on.submit("alice", "a").asks(Ask.of(20, GB).label("x"));
        Application bx = on.submit("bob", "b").asks(Ask.of(20, GB).label("x"));
        on.node(10 * GB);
        on.node(Place.of(10 * GB).label("x"));
        on.settle();
        assertThat(on.held(a, b, ax, bx)).containsExactly(7, 3, 4, 6);
    }

    /** Where b wants nothing with the label, a may have all of it, up to its maximum for that label. */
    @SharesTest
    void shouldStopAtTheMaximumForALabel(Scenario on) throws Exception {
        on.yarn(ENABLED).queues(TWO_QUEUES + "root.a.accessible-node-labels.x.maximum-capacity=50\n");
        on.label("x", EXCLUSIVE);
        Application ax = on.submit("alice", "a").asks(Ask.of(20, GB).label("x"));
        on.node(Place.of(10 * GB).label("x"));
        on.settle();
        assertThat(on.held(ax)).containsExactly(5);
    }

    /** A label that is not exclusive lends idle nodes to those who ask for none. */
    @SharesTest
    void shouldLendNodesWhoseLabelIsNotExclusive(Scenario on) throws Exception {
        on.yarn(ENABLED).queues(ONE_OF_TWO);
        on.label("x", !EXCLUSIVE);
        Machine plain = on.node(5 * GB);
        Machine labelled = on.node(Place.of(5 * GB).label("x"));
        Application b = on.submit("bob", "b").asks(20, GB);
        on.settle().rounds(5);
        assertThat(on.held(b)).containsExactly(10);
        assertThat(b.heldOn(plain)).isEqualTo(5);
        assertThat(b.heldOn(labelled)).isEqualTo(5);
    }

    /** What ends on a lent node goes to who asks for its label. */
    @SharesTest
    void shouldServeWhoAsksForALabelFirstOnLentNodes(Scenario on) throws Exception {
        on.yarn(ENABLED).queues(ONE_OF_TWO);
        on.label("x", !EXCLUSIVE);
        on.node(5 * GB);
        Machine labelled = on.node(Place.of(5 * GB).label("x"));
        Application b = on.submit("bob", "b").asks(20, GB);
        on.settle().rounds(5);
        Application ax = on.submit("alice", "a").asks(Ask.of(20, GB).label("x"));
        b.endsOn(labelled, 3);
        on.settle();
        assertThat(on.held(b, ax)).containsExactly(7, 3);
    }

    /** Where the queue has a default expression, an ask without one means that. */
    @SharesTest
    void shouldTakeTheDefaultLabelOfTheQueue(Scenario on) throws Exception {
        on.yarn(ENABLED).queues(TWO_QUEUES + "root.a.default-node-label-expression=x\n");
        on.label("x", EXCLUSIVE);
        on.node(5 * GB);
        Machine labelled = on.node(Place.of(5 * GB).label("x"));
        Application a = on.submit("alice", "a").asks(20, GB);
        on.settle();
        assertThat(on.held(a)).containsExactly(5);
        assertThat(a.heldOn(labelled)).isEqualTo(5);
    }

    /** The application's own expression comes before the queue's. */
    @SharesTest
    void shouldTakeTheLabelOfTheApplication(Scenario on) throws Exception {
        on.yarn(ENABLED).queues(TWO_QUEUES);
        on.label("x", EXCLUSIVE);
        on.node(5 * GB);
        Machine labelled = on.node(Place.of(5 * GB).label("x"));
        Application a = on.application("alice", "a").label("x").submit().asks(20, GB);
        on.settle();
        assertThat(a.heldOn(labelled)).isEqualTo(5);
        assertThat(on.held(a)).containsExactly(5);
    }

    @SharesTest
    void shouldRefuseALabelThatTheQueueMayNotUse(Scenario on) throws Exception {
        on.yarn(ENABLED).queues(ONE_OF_TWO);
        on.label("x", EXCLUSIVE);
        on.node(5 * GB);
        Application b = on.submit("bob", "b");
        assertThat(b.refusal(Ask.of(1, GB).label("x")))
                .startsWith("InvalidLabelResourceRequestException: ")
                .contains("doesn't have permission to access all labels in resource request");
    }

    @SharesTest
    void shouldRefuseALabelThatIsNotThere(Scenario on) throws Exception {
        on.yarn(ENABLED).queues(TWO_QUEUES);
        on.label("x", EXCLUSIVE);
        on.node(5 * GB);
        Application a = on.submit("alice", "a");
        assertThat(a.refusal(Ask.of(1, GB).label("y"))).startsWith("InvalidLabelResourceRequestException: ");
    }

    /** A queue that is guaranteed nothing of a label still may use it when others leave room. */
    @SharesTest
    void shouldGiveWhatIsLeftOfALabelToAQueueWithoutCapacity(Scenario on) throws Exception {
        on.yarn(ENABLED)
                .queues(
                        """
                        root.queues=a,b
                        root.accessible-node-labels=x
                        root.accessible-node-labels.x.capacity=100
                        root.a.capacity=50
                        root.a.accessible-node-labels=x
                        root.a.accessible-node-labels.x.capacity=100
                        root.b.capacity=50
                        root.b.accessible-node-labels=x
                        root.b.accessible-node-labels.x.capacity=0
                        root.b.accessible-node-labels.x.maximum-capacity=100
                        """);
        on.label("x", EXCLUSIVE);
        Application ax = on.submit("alice", "a").asks(Ask.of(4, GB).label("x"));
        Application bx = on.submit("bob", "b").asks(Ask.of(20, GB).label("x"));
        on.node(Place.of(10 * GB).label("x"));
        on.settle();
        assertThat(on.held(ax, bx)).containsExactly(4, 6);
    }
}
