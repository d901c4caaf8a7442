package dev.heddle.deploy.demo;

import dev.heddle.app.submit.ApplicationOutcome;
import dev.heddle.app.submit.ApplicationSubmitter;
import dev.heddle.app.submit.ProgressDisplay;
import dev.heddle.app.submit.SubmitOptions;
import dev.heddle.common.UserException;
import dev.heddle.common.config.ConfigurationFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;

/**
 * Starts a cluster on this machine, counts words on it, shows the result, and stops it again.
 *
 * @param base the directory in which the demo makes one of its own
 * @param executorMemoryMb heap of an executor
 * @param keep whether the cluster stays until somebody ends the demo
 */
public record Demo(Distribution distribution, Path base, int executorMemoryMb, boolean keep) {
    private static final int DRIVER_MEMORY_MB = 192;
    private static final int MEMORY_OVERHEAD_MB = 96;
    private static final int MAX_EXECUTORS = 3;
    private static final int MIN_NODE_MEMORY_MB = 1024;
    private static final String MAIN_CLASS = "dev.heddle.examples.WordCount";

    /**
     * Runs the demo from start to end.
     *
     * @throws UserException if the machine lacks something, the cluster does not come up, or the application fails
     */
    public void run(PrintStream out) throws IOException, YarnException, InterruptedException {
        checkMemory();
        Path directory = makeDirectory();
        DemoConfiguration configuration = new DemoConfiguration(directory, distribution.libraries(), nodeMemoryMb());
        try (DemoCluster cluster = new DemoCluster(distribution, configuration, RandomGenerator.getDefault())) {
            // Also when the demo is interrupted, at whatever point.
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(() -> interrupted(cluster, configuration, out), "stop-demo"));
            try {
                run(cluster, configuration, out);
            } catch (UserException | IOException | YarnException e) {
                if (cluster.isClosed()) {
                    // The hook is stopping the daemons, which is why something failed; the process ends when it is
                    // done.
                    Thread.currentThread().join();
                }
                throw e;
            }
            sayStopping(configuration, out);
        }
    }

    private static void interrupted(DemoCluster cluster, DemoConfiguration configuration, PrintStream out) {
        if (!cluster.isClosed()) {
            out.println();
            sayStopping(configuration, out);
        }
        // Waits where the demo is stopping by itself already.
        cluster.close();
    }

    private static void sayStopping(DemoConfiguration configuration, PrintStream out) {
        out.println("Stopping everything; the logs stay in " + configuration.logs());
    }

    private void run(DemoCluster cluster, DemoConfiguration configuration, PrintStream out)
            throws IOException, YarnException, InterruptedException {
        long beginNanos = System.nanoTime();
        out.println("Starting a ZooKeeper, " + DemoConfiguration.RESOURCE_MANAGERS.size() + " resource managers and "
                + DemoConfiguration.NODE_MANAGERS.size() + " node managers; their files are in "
                + configuration.directory());
        cluster.start();
        YarnConfiguration client = ConfigurationFiles.load(configuration.clientDirectory());
        try (ClusterClient view = new ClusterClient(client);
                ApplicationSubmitter submitter = new ApplicationSubmitter(client)) {
            view.awaitNodes(DemoConfiguration.NODE_MANAGERS.size());
            out.println("The cluster is up after " + secondsSince(beginNanos) + " s");
            ApplicationId id = submitter.submit(wordCount());
            out.println(
                    "Submitted the word count of " + distribution.exampleText().getFileName() + " as " + id);
            out.println("The resource manager's page: " + view.page(id));
            ProgressDisplay display = ProgressDisplay.on(out, System.getenv());
            ApplicationOutcome outcome = submitter.await(id, display::show);
            display.end();
            if (!outcome.succeeded()) {
                throw new UserException("the word count has ended as " + outcome.finalStatus() + ": "
                        + outcome.diagnostics() + " (logs: " + configuration.logs() + ")");
            }
            show(id, configuration, out);
        }
        out.println("Done after " + secondsSince(beginNanos) + " s");
        if (keep) {
            awaitEnd(configuration, out);
        }
    }

    private static String secondsSince(long beginNanos) {
        long tenths = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beginNanos) / 100;
        return tenths / 10 + "." + tenths % 10;
    }

    private void checkMemory() {
        long neededMb = DemoCluster.memoryNeededMb()
                + (DRIVER_MEMORY_MB + MEMORY_OVERHEAD_MB)
                + (long) MAX_EXECUTORS * (executorMemoryMb + MEMORY_OVERHEAD_MB);
        long availableMb = MachineMemory.availableMb();
        if (availableMb < neededMb) {
            throw new UserException("not enough memory: the demo takes up to " + neededMb + " MB and this machine has "
                    + availableMb + " MB available; end other programs or lower --executor-memory (now "
                    + executorMemoryMb + " MB)");
        }
    }

    private Path makeDirectory() {
        try {
            return Files.createTempDirectory(Files.createDirectories(base.toAbsolutePath()), "heddle-demo-");
        } catch (IOException e) {
            throw new UserException(
                    "cannot write to " + base.toAbsolutePath() + " ("
                            + e.getClass().getSimpleName() + "): make it writable or choose another with --directory",
                    e);
        }
    }

    /** A node has room for any container of the demo. */
    private int nodeMemoryMb() {
        return Math.max(MIN_NODE_MEMORY_MB, executorMemoryMb + MEMORY_OVERHEAD_MB);
    }

    private SubmitOptions wordCount() {
        return SubmitOptions.builder(distribution.examplesJar())
                .mainClass(MAIN_CLASS)
                .name("word count")
                .files(List.of(distribution.exampleText().toString()))
                .arguments(List.of(distribution.exampleText().getFileName().toString()))
                .driverMemory(DRIVER_MEMORY_MB + "m")
                .executorMemory(executorMemoryMb + "m")
                .conf(Map.of(
                        "heddle.driver.memoryOverhead",
                        MEMORY_OVERHEAD_MB + "m",
                        "heddle.executor.memoryOverhead",
                        MEMORY_OVERHEAD_MB + "m",
                        "heddle.dynamicAllocation.enabled",
                        "true",
                        "heddle.dynamicAllocation.maxExecutors",
                        Integer.toString(MAX_EXECUTORS),
                        // The demo is short: more executors are asked for as soon as tasks wait.
                        "heddle.dynamicAllocation.schedulerBacklogTimeout",
                        "100ms"))
                .build();
    }

    private static void show(ApplicationId id, DemoConfiguration configuration, PrintStream out) throws IOException {
        List<Path> logs = DemoConfiguration.NODE_MANAGERS.stream()
                .map(configuration::containerLogs)
                .toList();
        String output = ContainerLogs.driverOutput(logs, id.toString())
                .orElseThrow(() -> new IOException("no output of " + id + "'s driver below " + configuration.logs()));
        out.println("The driver has printed:");
        out.print(output);
    }

    private static void awaitEnd(DemoConfiguration configuration, PrintStream out)
            throws IOException, InterruptedException {
        out.println("The cluster keeps running. To use it from another terminal:");
        out.println("  export HADOOP_CONF_DIR=" + configuration.clientDirectory());
        out.println("Press Enter or Ctrl-C to stop it.");
        if (System.in.read() < 0) {
            // Nobody can press Enter here: a signal ends it.
            Thread.currentThread().join();
        }
    }
}
