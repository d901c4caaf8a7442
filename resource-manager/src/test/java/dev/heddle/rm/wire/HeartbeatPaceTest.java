package dev.heddle.rm.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeOffer;
import dev.heddle.rm.model.NodeState;
import dev.heddle.rm.model.NodeStatus;
import dev.heddle.rm.model.Utilization;
import dev.heddle.rm.snapshot.NodeSnapshot;
import dev.heddle.rm.snapshot.Totals;
import org.junit.jupiter.api.Test;

class HeartbeatPaceTest {
    private static final Resource NODE = new Resource(1024, 10);

    /** A cluster of 100 cores of which half are busy. */
    private static final Totals HALF_BUSY = new Totals(10, new Resource(10_240, 100), Resource.NONE, Resource.NONE, 50);

    private static final HeartbeatPace SCALED =
            new HeartbeatPace(1_000, new HeartbeatPace.Scaling(700, 1_200, 1, 0.5f));

    private static NodeSnapshot node(float busyCores) {
        NodeStatus status = new NodeStatus(true, "", 0, Utilization.NONE, new Utilization(1, 1, busyCores));
        return new NodeSnapshot(
                new NodeId("h", 1),
                NodeState.RUNNING,
                NodeOffer.of(NODE, 0, ""),
                status,
                NODE,
                Resource.NONE,
                0,
                "",
                "",
                null);
    }

    @Test
    void shouldBeTheSameForAllWhereItIsNotScaled() {
        assertThat(new HeartbeatPace(1_000, null).intervalMs(node(9), HALF_BUSY))
                .isEqualTo(1_000);
    }

    @Test
    void shouldBeSlowerForBusyNodesAndFasterForIdleOnes() {
        assertThat(SCALED.intervalMs(node(5), HALF_BUSY)).isEqualTo(1_000);
        assertThat(SCALED.intervalMs(node(7), HALF_BUSY))
                .as("20 % more, at half of it")
                .isEqualTo(1_100);
        assertThat(SCALED.intervalMs(node(4), HALF_BUSY)).as("10 % less").isEqualTo(900);
    }

    @Test
    void shouldStayBetweenItsBounds() {
        assertThat(SCALED.intervalMs(node(10), HALF_BUSY)).isEqualTo(1_200);
        assertThat(SCALED.intervalMs(node(0.1f), HALF_BUSY)).isEqualTo(700);
        assertThat(SCALED.intervalMs(node(Float.NaN), HALF_BUSY)).isBetween(700L, 1_200L);
        assertThat(SCALED.intervalMs(node(Float.POSITIVE_INFINITY), HALF_BUSY)).isEqualTo(1_200);
    }

    @Test
    void shouldNotGuessForNodesThatMeasureNothing() {
        assertThat(SCALED.intervalMs(null, HALF_BUSY)).isEqualTo(1_000);
        NodeSnapshot silent = new NodeSnapshot(
                new NodeId("h", 1),
                NodeState.RUNNING,
                NodeOffer.of(NODE, 0, ""),
                NodeStatus.HEALTHY,
                NODE,
                Resource.NONE,
                0,
                "",
                "",
                null);
        assertThat(SCALED.intervalMs(silent, HALF_BUSY)).isEqualTo(1_000);
    }
}
