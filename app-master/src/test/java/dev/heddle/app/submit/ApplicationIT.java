package dev.heddle.app.submit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.app.drivers.ExitingDriver;
import dev.heddle.app.drivers.FailingDriver;
import dev.heddle.app.drivers.SumOfSquares;
import dev.heddle.app.drivers.WaitingDriver;
import dev.heddle.app.master.ApplicationMaster;
import dev.heddle.common.config.ConfigurationFiles;
import dev.heddle.testbed.Await;
import dev.heddle.testbed.ChildProcess;
import dev.heddle.testbed.HadoopProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole applications, with the packaged jars, on Hadoop's own RM and NMs in another process. */
final class ApplicationIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static Path shared;
    private static HadoopProcess cluster;
    private static ApplicationSubmitter submitter;
    private static Path jar;
    private Path directory;

    @BeforeAll
    static void startCluster(@TempDir Path temporary) throws IOException {
        shared = temporary;
        cluster = HadoopProcess.cluster(shared.resolve("hadoop"), 2);
        YarnConfiguration conf = ConfigurationFiles.load(cluster.configurationDirectory());
        conf.set("heddle.yarn.stagingDir", shared.resolve("staging").toUri().toString());
        conf.set("heddle.yarn.report.interval", "200ms");
        submitter = new ApplicationSubmitter(conf);
        jar = DriverJar.pack(
                shared.resolve("drivers.jar"),
                SumOfSquares.class,
                FailingDriver.class,
                ExitingDriver.class,
                WaitingDriver.class);
    }

    @BeforeEach
    void setUp(@TempDir Path temporary) {
        directory = temporary;
    }

    @AfterAll
    static void stopCluster() {
        submitter.close();
        cluster.close();
    }

    private static SubmitOptions.Builder small(Class<?> driver, String... arguments) {
        return SubmitOptions.builder(jar)
                .mainClass(driver.getName())
                .arguments(List.of(arguments))
                .driverMemory("256m")
                .executorMemory("128m")
                .conf("heddle.driver.memoryOverhead", "128m")
                .conf("heddle.executor.memoryOverhead", "128m");
    }

    @Test
    void shouldRunTasksOnFixedExecutors() throws Exception {
        Path sum = directory.resolve("sum");
        CopyOnWriteArrayList<Progress> seen = new CopyOnWriteArrayList<>();

        ApplicationId id = submitter.submit(
                small(SumOfSquares.class, "100", sum.toString()).executors(2).build());
        ApplicationOutcome outcome = submitter.await(id, seen::add);

        assertThat(outcome.diagnostics()).isEmpty();
        assertThat(outcome.succeeded()).isTrue();
        assertThat(sum).hasContent("338350");
        assertThat(seen).extracting(Progress::state).contains("RUNNING", "FINISHED");
        assertThat(staged()).as("staging directories").isEmpty();
    }

    private static List<Path> staged() throws IOException {
        try (var entries = Files.list(shared.resolve("staging/.heddleStaging"))) {
            return entries.filter(path -> path.getFileName().toString().startsWith("application_"))
                    .toList();
        }
    }

    @Test
    void shouldEndAsFailedWithTheDriversError() throws Exception {
        ApplicationOutcome outcome = submitter.await(
                submitter.submit(small(FailingDriver.class, "luck").build()), progress -> {});

        assertThat(outcome.succeeded()).isFalse();
        assertThat(outcome.finalStatus()).isEqualTo("FAILED");
        assertThat(outcome.diagnostics())
                .contains("driver dev.heddle.app.drivers.FailingDriver failed")
                .contains("no such thing as luck");
    }

    @Test
    void shouldEndAsFailedWhenTheDriverExits() throws Exception {
        ApplicationOutcome outcome =
                submitter.await(submitter.submit(small(ExitingDriver.class, "3").build()), progress -> {});

        assertThat(outcome.finalStatus()).isEqualTo("FAILED");
        assertThat(outcome.diagnostics()).contains("the driver called System.exit");
    }

    @Test
    void shouldRunTasksOfAKilledExecutorAgain() throws Exception {
        ApplicationId id = submitter.submit(small(WaitingDriver.class, "2", directory.toString())
                .executors(2)
                .build());
        CompletableFuture<ApplicationOutcome> outcome = awaitInBackground(id, new CopyOnWriteArrayList<>());
        Await.until("both tasks to run", LIMIT, () -> marks(1).size() == 1 && marks(2).size() == 1);

        ProcessHandle executor = ProcessHandle.of(pid(marks(1).get(0))).orElseThrow();
        executor.destroyForcibly();
        Await.until("the first task to run again", LIMIT, () -> marks(1).size() == 2);
        Files.createFile(directory.resolve("go"));
        Files.createFile(directory.resolve("end"));

        assertThat(outcome.get().succeeded()).isTrue();
        assertThat(directory.resolve("sum")).hasContent("3");
    }

    @Test
    void shouldFollowTheBacklogUpAndDown() throws Exception {
        CopyOnWriteArrayList<Progress> seen = new CopyOnWriteArrayList<>();
        ApplicationId id = submitter.submit(small(WaitingDriver.class, "3", directory.toString())
                .conf("spark.dynamicAllocation.enabled", "true")
                .conf("spark.dynamicAllocation.maxExecutors", "3")
                .conf("spark.dynamicAllocation.schedulerBacklogTimeout", "200ms")
                .conf("spark.dynamicAllocation.executorIdleTimeout", "1s")
                .build());
        CompletableFuture<ApplicationOutcome> outcome = awaitInBackground(id, seen);
        Await.until("three tasks to run at once", LIMIT, () -> running(seen, 3));

        Files.createFile(directory.resolve("go"));
        Await.until("no executor to be left", LIMIT, () -> running(seen, 0));
        Files.createFile(directory.resolve("end"));

        assertThat(outcome.get().succeeded()).isTrue();
        assertThat(directory.resolve("sum")).hasContent("6");
    }

    @Test
    void shouldKillAnApplication() throws Exception {
        ApplicationId id = submitter.submit(small(WaitingDriver.class, "1", directory.toString())
                .executors(1)
                .build());
        Await.until("the task to run", LIMIT, () -> marks(1).size() == 1);
        ProcessHandle executor = ProcessHandle.of(pid(marks(1).get(0))).orElseThrow();

        submitter.kill(id);

        assertThat(submitter.await(id, progress -> {}).finalStatus()).isEqualTo("KILLED");
        Await.until("the executor to end", LIMIT, () -> !executor.isAlive());
    }

    @Test
    void shouldRunTheDriverAgainWhenItsMasterWasKilled() throws Exception {
        ApplicationId id = submitter.submit(small(WaitingDriver.class, "1", directory.toString())
                .executors(1)
                .build());
        CompletableFuture<ApplicationOutcome> outcome = awaitInBackground(id, new CopyOnWriteArrayList<>());
        Await.until("the task to run", LIMIT, () -> marks(1).size() == 1);

        assertThat(master().destroyForcibly()).isTrue();
        Await.until("the task to run again", LIMIT, () -> marks(1).size() == 2);
        Files.createFile(directory.resolve("go"));
        Files.createFile(directory.resolve("end"));

        assertThat(outcome.get().succeeded()).isTrue();
        assertThat(directory.resolve("sum")).hasContent("1");
    }

    /** The one application master that runs. */
    private static ProcessHandle master() {
        return cluster.process().descendants().stream()
                .filter(process -> process.info().command().orElse("").endsWith("/java")
                        && process.info().commandLine().orElse("").contains(ApplicationMaster.class.getName()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldKillTheApplicationOfACommandThatIsInterrupted() {
        try (ChildProcess command = ChildProcess.java(
                directory,
                "submit",
                Map.of("HADOOP_CONF_DIR", cluster.configurationDirectory().toString()),
                List.of(),
                System.getProperty("java.class.path"),
                SubmitProcess.class.getName(),
                "--class",
                WaitingDriver.class.getName(),
                "--driver-memory",
                "256m",
                "--executor-memory",
                "128m",
                "--conf",
                "heddle.yarn.stagingDir=" + shared.resolve("staging").toUri(),
                jar.toString(),
                "1",
                directory.toString())) {
            String submitted = command.awaitLine("submitted ", LIMIT);
            Await.until("the task to run", LIMIT, () -> marks(1).size() == 1);
            ProcessHandle executor = ProcessHandle.of(pid(marks(1).get(0))).orElseThrow();

            command.terminate();
            command.awaitExit(LIMIT);

            assertThat(submitted).contains("Ctrl-C kills it");
            assertThat(command.stderr()).contains("killing application_");
            Await.until("the executor to end", LIMIT, () -> !executor.isAlive());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean running(List<Progress> seen, int executors) {
        Progress last = seen.isEmpty() ? Progress.NONE : seen.get(seen.size() - 1);
        return last.state().equals("RUNNING") && last.executorsRunning() == executors;
    }

    private static CompletableFuture<ApplicationOutcome> awaitInBackground(ApplicationId id, List<Progress> seen) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return submitter.await(id, seen::add);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private List<Path> marks(int task) throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.filter(path -> path.getFileName().toString().startsWith("task-" + task + "-"))
                    .toList();
        }
    }

    private static long pid(Path mark) {
        String name = mark.getFileName().toString();
        return Long.parseLong(name.substring(name.lastIndexOf('-') + 1));
    }
}
