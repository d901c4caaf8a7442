package dev.heddle.bench.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.testbed.placement.PlacementFigures;
import dev.heddle.testbed.placement.PlacementScenario;
import dev.heddle.testbed.placement.PlacementScenario.Wish;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark itself, for a moment: the loads are what they say, and every figure of every scheduler is there. */
class SchedulerBenchmarkTest {
    private static final int APPLICATIONS = 20;

    @Test
    void shouldPlaceAllThatIsAskedForAndGiveItBack() {
        for (Wish wish : Wish.values()) {
            HeddleScheduler scheduler = new HeddleScheduler(new PlacementScenario(30, 10, APPLICATIONS, wish));
            scheduler.announce(0, 10, 0);
            assertThat(scheduler.place()).as("%s", wish).isEqualTo(100);
            assertThat(scheduler.held()).isEqualTo(100);
            scheduler.clear();
            assertThat(scheduler.held()).isZero();
        }
    }

    @Test
    void shouldFillAClusterAndKeepItFullWhileContainersEnd() {
        for (Wish wish : Wish.values()) {
            PlacementScenario scenario = new PlacementScenario(30, 10, APPLICATIONS, wish);
            HeddleScheduler scheduler = new HeddleScheduler(scenario);
            scheduler.saturate();
            assertThat(scheduler.held()).as("%s", wish).isEqualTo(scenario.capacity());
            int[] nodes = IntStream.range(0, 5).toArray();
            scheduler.settle(nodes);
            assertThat(scheduler.turnOver(nodes)).as("%s", wish).isEqualTo(40);
            assertThat(scheduler.held()).isEqualTo(scenario.capacity());
        }
    }

    @Test
    void shouldMeasureEachSchedulerUnderBothLoads(@TempDir Path directory) throws Exception {
        SchedulerProcess process = new SchedulerProcess(
                directory, List.of("-Xmx256m", "-XX:+UseSerialGC"), Duration.ofMillis(50), Duration.ofMinutes(2));
        for (SchedulerProcess.Kind kind : SchedulerProcess.Kind.values()) {
            List<PlacementFigures> all = process.run(kind, new PlacementScenario(30, 10, APPLICATIONS, Wish.LABELS));
            assertThat(all)
                    .extracting(PlacementFigures::load)
                    .containsExactly(PlacementFigures.Load.ROOM, PlacementFigures.Load.TURNOVER);
            assertThat(all).allSatisfy(figures -> {
                assertThat(figures.placed()).isPositive();
                assertThat(figures.cpuNanos()).isPositive();
                assertThat(figures.bytes()).isPositive();
            });
        }
    }
}
