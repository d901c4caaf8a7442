package dev.heddle.app.submit;

import dev.heddle.app.ApplicationSettings;
import dev.heddle.app.allocation.AllocationLimits;
import dev.heddle.app.launch.ContainerMemory;
import dev.heddle.app.launch.JavaProcess;
import dev.heddle.common.UserException;
import dev.heddle.common.config.Setting;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.hadoop.yarn.api.protocolrecords.GetNewApplicationResponse;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.ApplicationNotFoundException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.util.Records;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Submits applications and follows them. Each method may be called by any thread; several applications at a time are fine. */
public final class ApplicationSubmitter implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ApplicationSubmitter.class);
    private static final String APPLICATION_TYPE = "HEDDLE";
    /** Between two questions whether the resource manager has done what it was told. */
    private static final long QUESTION_INTERVAL_MS = 200;

    /** Ten minutes' worth of them. */
    private static final int MAX_QUESTIONS = 3_000;

    /** How often in a row, each after the client's own tries, an application that runs may not be asked about. */
    private static final int MAX_FAILED_REPORTS = 12;

    private final YarnConfiguration conf;
    private final ResourceManagerClient client;
    private final StatusClient status = new StatusClient();
    private final Map<ApplicationId, StagingArea> staged = new ConcurrentHashMap<>();

    /** @param conf of the cluster; it is not changed */
    public ApplicationSubmitter(YarnConfiguration conf) {
        this.conf = conf;
        this.client = new ResourceManagerClient(conf);
    }

    /**
     * Uploads what the application needs and submits it.
     *
     * @return once the resource manager has accepted it
     * @throws UserException if something is wrong with what is submitted, or no resource manager answers; nothing is left
     *     behind then
     */
    public ApplicationId submit(SubmitOptions options) {
        YarnConfiguration settings = new YarnConfiguration(conf);
        options.settings().forEach(settings::set);
        check(settings);
        List<Path> jars = new ArrayList<>();
        jars.add(options.applicationJar());
        jars.addAll(options.jars());
        jars.forEach(jar -> requireFile(jar, "jar"));
        options.files().forEach(file -> requireFile(NamedFile.parse(file).path(), "file"));
        String mainClass = MainClass.find(options.mainClass(), jars);
        try {
            GetNewApplicationResponse application = client.newApplication();
            requireFits(settings, application.getMaximumResourceCapability());
            return upload(options, settings, mainClass, application.getApplicationId());
        } catch (IOException e) {
            throw client.unreachable(e);
        } catch (YarnException e) {
            throw new UserException("the resource manager refuses the application: " + oneLine(e.getMessage()), e);
        }
    }

    private ApplicationId upload(SubmitOptions options, YarnConfiguration settings, String mainClass, ApplicationId id)
            throws IOException, YarnException {
        StagingArea area;
        try {
            area = StagingArea.create(settings, id.toString());
        } catch (IOException e) {
            throw cannotUpload(e);
        }
        boolean submitted = false;
        try {
            String name = name(settings, mainClass);
            ApplicationSubmissionContext context = Records.newRecord(ApplicationSubmissionContext.class);
            context.setApplicationId(id);
            try {
                context.setAMContainerSpec(new MasterLaunch(settings, area).prepare(options, name, mainClass));
            } catch (IOException e) {
                throw cannotUpload(e);
            }
            context.setApplicationName(name);
            context.setApplicationType(APPLICATION_TYPE);
            context.setQueue(ApplicationSettings.QUEUE.get(settings));
            context.setResource(Resource.newInstance(
                    ContainerMemory.driverMb(settings), ApplicationSettings.DRIVER_CORES.get(settings)));
            int attempts = ApplicationSettings.MAX_ATTEMPTS.get(settings);
            if (attempts > 0) {
                context.setMaxAppAttempts(attempts);
            }
            hand(context);
            staged.put(id, area);
            submitted = true;
            return id;
        } catch (YarnException e) {
            throw new UserException(
                    "queue " + ApplicationSettings.QUEUE.get(settings) + " did not take the application"
                            + " (--queue names another): " + oneLine(e.getMessage()),
                    e);
        } finally {
            if (!submitted) {
                remove(area);
            }
        }
    }

    /** Hands the application over, until the resource manager has recorded it: one that fails before that loses it. */
    private void hand(ApplicationSubmissionContext context) throws IOException, YarnException {
        client.submit(context);
        for (int questions = 0; questions < MAX_QUESTIONS; questions++) {
            try {
                ApplicationReport report = client.report(context.getApplicationId());
                switch (report.getYarnApplicationState()) {
                    case NEW, NEW_SAVING, SUBMITTED -> pause();
                    case ACCEPTED, RUNNING, FINISHED -> {
                        return;
                    }
                    case FAILED, KILLED -> throw new YarnException(report.getDiagnostics());
                }
            } catch (ApplicationNotFoundException e) {
                log.info("the resource manager that took {} is gone: submitting it again", context.getApplicationId());
                client.submit(context);
            }
        }
        throw new YarnException("the resource manager has not recorded it after " + MAX_QUESTIONS + " questions");
    }

    private static void pause() throws InterruptedIOException {
        try {
            Thread.sleep(QUESTION_INTERVAL_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the resource manager was at work");
        }
    }

    private static UserException cannotUpload(IOException e) {
        return new UserException(
                "cannot upload the application's files: " + e.getMessage() + "; "
                        + ApplicationSettings.STAGING_DIRECTORY.key() + " names the directory",
                e);
    }

    private static String name(YarnConfiguration settings, String mainClass) {
        String name = ApplicationSettings.NAME.get(settings);
        return name.isEmpty() ? mainClass : name;
    }

    private static void check(YarnConfiguration settings) {
        for (Setting<?> setting : ApplicationSettings.all()) {
            setting.get(settings);
        }
        if (ApplicationSettings.DYNAMIC_ENABLED.get(settings)) {
            AllocationLimits.from(settings);
        }
        JavaProcess.jarsOnNodes(settings);
    }

    private static void requireFile(Path file, String what) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new UserException("no readable " + what + " " + file + ": correct its path");
        }
    }

    private static void requireFits(YarnConfiguration settings, Resource largest) {
        requireFits("the driver", ContainerMemory.driverMb(settings), largest.getMemorySize(), "MB", "--driver-memory");
        requireFits(
                "the driver",
                ApplicationSettings.DRIVER_CORES.get(settings),
                largest.getVirtualCores(),
                "cores",
                "--driver-cores");
        requireFits(
                "an executor",
                ContainerMemory.executorMb(settings),
                largest.getMemorySize(),
                "MB",
                "--executor-memory");
        requireFits(
                "an executor",
                ApplicationSettings.EXECUTOR_CORES.get(settings),
                largest.getVirtualCores(),
                "cores",
                "--executor-cores");
    }

    private static void requireFits(String who, long wanted, long largest, String unit, String flag) {
        if (wanted > largest) {
            throw new UserException("the container of " + who + " would take " + wanted + " " + unit
                    + (unit.equals("MB") ? " (heap and overhead)" : "") + " and the cluster gives at most " + largest
                    + " " + unit + " to one: lower " + flag);
        }
    }

    /**
     * Waits for the end of an application.
     *
     * @param listener told the progress at each look, on this thread
     * @throws UserException if the resource manager does not know the application, or does not answer for long
     */
    public ApplicationOutcome await(ApplicationId id, Consumer<Progress> listener) throws InterruptedException {
        long intervalMs = ApplicationSettings.REPORT_INTERVAL.get(conf);
        Progress progress = Progress.NONE;
        while (true) {
            ApplicationReport report = report(id);
            YarnApplicationState state = report.getYarnApplicationState();
            String url = report.getOriginalTrackingUrl();
            progress = progress.inState(state.name(), waitsFor(report, state));
            if (state == YarnApplicationState.RUNNING && url != null && url.startsWith("http://")) {
                progress = status.ask(url, progress);
            }
            listener.accept(progress);
            if (isFinal(state)) {
                removeStaged(id);
                return outcome(report, state);
            }
            Thread.sleep(intervalMs);
        }
    }

    private ApplicationReport report(ApplicationId id) throws InterruptedException {
        for (int failures = 1; ; failures++) {
            try {
                return client.report(id);
            } catch (ApplicationNotFoundException e) {
                throw new UserException("the resource manager does not know " + id + ": " + oneLine(e.getMessage()), e);
            } catch (IOException | YarnException e) {
                if (failures == MAX_FAILED_REPORTS) {
                    throw client.unreachable(e);
                }
                if (failures == 1) {
                    log.warn("the resource manager does not answer now; asking again ({})", rootCause(e));
                }
                Thread.sleep(ApplicationSettings.REPORT_INTERVAL.get(conf));
            }
        }
    }

    private static String waitsFor(ApplicationReport report, YarnApplicationState state) {
        String diagnostics = report.getDiagnostics();
        return state == YarnApplicationState.ACCEPTED && diagnostics != null ? oneLine(diagnostics) : "";
    }

    private static String rootCause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return oneLine(cause.getMessage());
    }

    private static boolean isFinal(YarnApplicationState state) {
        return switch (state) {
            case FINISHED, FAILED, KILLED -> true;
            case NEW, NEW_SAVING, SUBMITTED, ACCEPTED, RUNNING -> false;
        };
    }

    private static ApplicationOutcome outcome(ApplicationReport report, YarnApplicationState state) {
        FinalApplicationStatus status = report.getFinalApplicationStatus();
        boolean succeeded = state == YarnApplicationState.FINISHED && status == FinalApplicationStatus.SUCCEEDED;
        String diagnostics =
                report.getDiagnostics() == null ? "" : report.getDiagnostics().strip();
        String url = report.getTrackingUrl() == null ? "" : report.getTrackingUrl();
        return new ApplicationOutcome(succeeded, status.name(), diagnostics, url);
    }

    /** Ends an application. Returns once the resource manager says that it has ended. */
    public void kill(ApplicationId id) {
        try {
            int questions = 0;
            while (!client.kill(id)) {
                questions++;
                if (questions == MAX_QUESTIONS) {
                    throw new YarnException("it has not ended after " + MAX_QUESTIONS + " questions");
                }
                pause();
            }
        } catch (IOException e) {
            throw client.unreachable(e);
        } catch (YarnException e) {
            throw new UserException("the resource manager does not kill " + id + ": " + oneLine(e.getMessage()), e);
        }
        removeStaged(id);
    }

    private void removeStaged(ApplicationId id) {
        StagingArea area = staged.remove(id);
        if (area != null) {
            remove(area);
        }
    }

    private static void remove(StagingArea area) {
        try {
            area.remove();
        } catch (IOException e) {
            log.warn("cannot remove {}", area.directory(), e);
        }
    }

    private static String oneLine(@Nullable String text) {
        return String.valueOf(text).strip().replaceAll("\\s+", " ");
    }

    /** Lets go of the resource manager. Applications go on. */
    @Override
    public void close() {
        client.close();
    }
}
