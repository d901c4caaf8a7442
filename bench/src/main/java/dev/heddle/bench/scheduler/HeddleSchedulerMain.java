package dev.heddle.bench.scheduler;

import dev.heddle.testbed.placement.PlacementLoad;
import dev.heddle.testbed.placement.PlacementScenario;
import java.time.Duration;
import java.util.List;

/** The process of Heddle's core. */
final class HeddleSchedulerMain {
    private HeddleSchedulerMain() {}

    /** Arguments: milliseconds of processor time for each load, and the scenario's. */
    public static void main(String[] arguments) {
        List<String> all = List.of(arguments);
        PlacementScenario scenario = PlacementScenario.parse(all.subList(1, all.size()));
        new PlacementLoad(new HeddleScheduler(scenario), scenario, false)
                .run(Duration.ofMillis(Long.parseLong(all.get(0))), System.out);
    }
}
