package dev.heddle.testbed.placement;

import com.sun.management.ThreadMXBean;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Random;

/**
 * Puts the loads on a scheduler, one after the other and again and again, and prints what they came to. Counted is the
 * processor time of the threads that decide, and nothing of the collector's or the compiler's.
 */
public final class PlacementLoad {
    private static final int PLACED_IN_A_ROUND = 2_000;
    private static final double FILLED = 0.75;
    private static final int NODES_IN_A_ROUND = 20;
    private static final long SEED = 1;

    private final LoadedScheduler scheduler;
    private final PlacementScenario scenario;
    private final boolean allThreads;
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Random random = new Random(SEED);
    private int nextApplication;
    private int time;
    private long placed;
    private long cpuNanos;
    private long bytes;

    /**
     * A load to be.
     *
     * @param allThreads whether the scheduler has threads of its own; otherwise it decides on the calling one alone
     */
    public PlacementLoad(LoadedScheduler scheduler, PlacementScenario scenario, boolean allThreads) {
        this.scheduler = scheduler;
        this.scenario = scenario;
        this.allThreads = allThreads;
    }

    /** Runs both loads, each for that much processor time after as much for warming up, and prints their figures. */
    public void run(Duration each, PrintStream out) {
        out.println(measure(PlacementFigures.Load.ROOM, this::room, each).line());
        scheduler.saturate();
        out.println(
                measure(PlacementFigures.Load.TURNOVER, this::turnOver, each).line());
    }

    private PlacementFigures measure(PlacementFigures.Load load, Runnable round, Duration each) {
        repeat(round, each);
        repeat(round, each);
        return new PlacementFigures(load, placed, cpuNanos, bytes);
    }

    private void repeat(Runnable round, Duration each) {
        placed = 0;
        cpuNanos = 0;
        bytes = 0;
        while (cpuNanos < each.toNanos()) {
            round.run();
        }
        if (placed == 0) {
            throw new IllegalStateException("nothing was placed in " + each + " of processor time");
        }
    }

    private void room() {
        int wanted = (int) Math.min(PLACED_IN_A_ROUND, FILLED * scenario.capacity());
        int count = Math.min(
                Math.max(1, wanted / PlacementScenario.CONTAINERS_OF_AN_ASK),
                scenario.applications() - nextApplication);
        scheduler.announce(nextApplication, count, time);
        nextApplication += count;
        if (nextApplication == scenario.applications()) {
            nextApplication = 0;
            time++;
        }
        begin();
        int got = scheduler.place();
        end(got);
        if (got != count * PlacementScenario.CONTAINERS_OF_AN_ASK) {
            throw new IllegalStateException(got + " containers were placed, and " + count + " times "
                    + PlacementScenario.CONTAINERS_OF_AN_ASK + " asked for");
        }
        scheduler.clear();
        if (scheduler.held() != 0) {
            throw new IllegalStateException(scheduler.held() + " containers stayed");
        }
    }

    private void turnOver() {
        int[] nodes = random.ints(0, scenario.nodes())
                .distinct()
                .limit(Math.min(NODES_IN_A_ROUND, scenario.nodes()))
                .toArray();
        scheduler.settle(nodes);
        begin();
        int got = scheduler.turnOver(nodes);
        end(got);
    }

    private void begin() {
        cpuNanos -= cpu();
        bytes -= allocated();
    }

    private void end(int got) {
        bytes += allocated();
        cpuNanos += cpu();
        placed += got;
    }

    private long cpu() {
        if (!allThreads) {
            return threads.getCurrentThreadCpuTime();
        }
        long sum = 0;
        for (long id : threads.getAllThreadIds()) {
            sum += Math.max(0, threads.getThreadCpuTime(id));
        }
        return sum;
    }

    private long allocated() {
        if (!allThreads) {
            return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        }
        long sum = 0;
        for (long one : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            sum += Math.max(0, one);
        }
        return sum;
    }
}
