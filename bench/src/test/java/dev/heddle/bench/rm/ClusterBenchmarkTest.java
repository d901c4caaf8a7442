package dev.heddle.bench.rm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.rpc.transport.RpcThreads;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark itself, for a moment: both resource managers answer every load, and every figure is there. */
class ClusterBenchmarkTest {
    private static final ClusterPlan PLAN = new ClusterPlan(
            new ClusterPlan.Size(10, 2, 5),
            new ClusterPlan.Times(Duration.ofMillis(1_500), Duration.ofMillis(200), Duration.ofMillis(1_500), 1),
            List.of(Kind.HADOOP, Kind.HEDDLE),
            4,
            0.5,
            List.of("-Xmx256m", "-XX:+UseSerialGC"),
            Double.MAX_VALUE);

    @Test
    void shouldMeasureBothResourceManagersUnderEachLoad(@TempDir Path directory) throws Exception {
        List<ClusterFigures> reported = new ArrayList<>();
        List<ClusterFigures> all = new ArrayList<>();
        try (RpcThreads threads = ClusterBenchmark.loadThreads(1);
                ClusterContest contest = ClusterContest.begin(PLAN, directory, threads)) {
            all.addAll(contest.heartbeats(reported::add));
            all.addAll(contest.grants(50, reported::add));
        }
        assertThat(reported).isEqualTo(all);
        assertThat(all)
                .extracting(figures -> figures.kind() + " " + figures.load().shape())
                .containsExactly(
                        "hadoop HEARTBEATS",
                        "heddle HEARTBEATS",
                        "hadoop PACED_HEARTBEATS",
                        "heddle PACED_HEARTBEATS",
                        "hadoop THROUGHPUT",
                        "heddle THROUGHPUT",
                        "hadoop LATENCY",
                        "heddle LATENCY");
        assertThat(all).allSatisfy(figures -> {
            assertThat(figures.units()).isPositive();
            assertThat(figures.allocatedBytes()).isPositive();
            assertThat(figures.cpu().resourceManager()).isPositive();
            assertThat(figures.latency().getTotalCount() > 0)
                    .isEqualTo(!figures.load().isOfHeartbeats());
        });
    }
}
