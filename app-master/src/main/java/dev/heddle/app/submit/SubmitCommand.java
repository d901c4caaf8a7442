package dev.heddle.app.submit;

import dev.heddle.app.ApplicationSettings;
import dev.heddle.common.UserException;
import dev.heddle.common.config.ConfigurationFiles;
import dev.heddle.common.config.Setting;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heddle submit}: submits an application with the flags of {@code spark-submit} and waits for its end. */
@Command(
        name = "submit",
        description = "Submits an application to the cluster and waits for its end.",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = 1,
        footer = {
            "",
            "A flag wins over --conf, --conf over --properties-file, that over the configuration in HADOOP_CONF_DIR.",
            "Keys begin with heddle. or, where Spark has the same setting, spark."
        })
public final class SubmitCommand implements Callable<Integer> {
    private static final int FAILED = 1;

    @Option(names = "--master", paramLabel = "yarn", defaultValue = "yarn", description = "yarn, and no other")
    private String master = "yarn";

    @Option(
            names = "--deploy-mode",
            paramLabel = "cluster",
            defaultValue = "cluster",
            description = "cluster: the driver runs inside the application master")
    private String deployMode = "cluster";

    @Option(names = "--class", paramLabel = "CLASS", description = "main class of the driver")
    private @Nullable String mainClass;

    @Option(names = "--name", paramLabel = "NAME", description = "name of the application")
    private @Nullable String name;

    @Option(names = "--jars", paramLabel = "JAR,…", split = ",", description = "jars for driver and executors")
    private List<Path> jars = new ArrayList<>();

    @Option(
            names = "--files",
            paramLabel = "FILE[#NAME],…",
            split = ",",
            description = "files for the working directories of driver and executors")
    private List<String> files = new ArrayList<>();

    @Option(
            names = {"--conf", "-c"},
            paramLabel = "KEY=VALUE",
            description = "a setting")
    private List<String> conf = new ArrayList<>();

    @Option(names = "--properties-file", paramLabel = "FILE", description = "file with settings")
    private @Nullable Path propertiesFile;

    @Option(names = "--driver-memory", paramLabel = "MEMORY", description = "heap of the driver, such as 1g")
    private @Nullable String driverMemory;

    @Option(names = "--driver-cores", paramLabel = "N", description = "cores of the driver")
    private @Nullable String driverCores;

    @Option(names = "--executor-memory", paramLabel = "MEMORY", description = "heap of an executor, such as 1g")
    private @Nullable String executorMemory;

    @Option(names = "--executor-cores", paramLabel = "N", description = "tasks at a time of an executor")
    private @Nullable String executorCores;

    @Option(names = "--num-executors", paramLabel = "N", description = "number of executors")
    private @Nullable String executors;

    @Option(names = "--queue", paramLabel = "QUEUE", description = "queue to submit to")
    private @Nullable String queue;

    @Option(
            names = {"--verbose", "-v"},
            description = "show the settings, and the whole of an error")
    private boolean verbose;

    @Parameters(
            paramLabel = "APPLICATION_JAR [ARGUMENT…]",
            arity = "0..*",
            description = "the driver's jar and its arguments")
    private List<String> application = new ArrayList<>();

    /** What stands behind the jar is the driver's, whatever it looks like. */
    @Spec
    void stopAtPositional(CommandSpec spec) {
        spec.parser().stopAtPositional(true);
    }

    private final Consumer<Configuration> review;

    /** The command, which takes any configuration file as it is. */
    public SubmitCommand() {
        this(anyConfiguration -> {});
    }

    /**
     * The command.
     *
     * @param review throws {@link UserException} on a configuration that cannot be used
     */
    public SubmitCommand(Consumer<Configuration> review) {
        this.review = review;
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            return run(System.getenv(), System.out);
        } catch (UserException e) {
            System.err.println("heddle submit: " + e.getMessage());
            if (verbose) {
                e.printStackTrace();
            }
            return FAILED;
        }
    }

    private int run(Map<String, String> environment, PrintStream out) throws InterruptedException {
        SubmitOptions options = options();
        if (verbose) {
            options.settings().forEach((key, value) -> out.println(key + "=" + value));
        }
        YarnConfiguration cluster = ConfigurationFiles.load(environment);
        review.accept(cluster);
        options.settings().forEach(cluster::set);
        try (ApplicationSubmitter submitter = new ApplicationSubmitter(cluster)) {
            ApplicationId id = submitter.submit(options);
            out.println("submitted " + id + " (its driver runs on the cluster; Ctrl-C kills it)");
            AtomicBoolean ended = new AtomicBoolean();
            Thread interrupt = new Thread(() -> killUnlessEnded(submitter, id, ended), "interrupt");
            Runtime.getRuntime().addShutdownHook(interrupt);
            ProgressDisplay display = ProgressDisplay.on(out, environment);
            try {
                return report(id, submitter.await(id, display::show), display, out);
            } finally {
                // However this ends, the application is not to be killed for it.
                ended.set(true);
            }
        }
    }

    private static void killUnlessEnded(ApplicationSubmitter submitter, ApplicationId id, AtomicBoolean ended) {
        if (ended.get()) {
            return;
        }
        try {
            System.err.println("killing " + id);
            submitter.kill(id);
        } catch (UserException e) {
            System.err.println("heddle submit: " + e.getMessage());
        }
    }

    private static int report(ApplicationId id, ApplicationOutcome outcome, ProgressDisplay display, PrintStream out) {
        display.end();
        if (outcome.succeeded()) {
            out.println(id + " succeeded");
            return 0;
        }
        String diagnostics = outcome.diagnostics().replaceAll("\\s+", " ");
        System.err.println("heddle submit: " + id + " ended as " + outcome.finalStatus() + ": "
                + (diagnostics.isEmpty() ? "no reason was given" : diagnostics)
                + "; its logs: yarn logs -applicationId "
                + id + (outcome.trackingUrl().isEmpty() ? "" : ", " + outcome.trackingUrl()));
        return FAILED;
    }

    /** What the command line says, flags over {@code --conf} over the file. */
    SubmitOptions options() {
        if (!master.equals("yarn")) {
            throw new UserException("--master " + master + " is not supported: leave it out, or use --master yarn");
        }
        if (!deployMode.equals("cluster")) {
            throw new UserException("--deploy-mode " + deployMode
                    + " is not supported yet: use --deploy-mode cluster, where the driver runs on the cluster");
        }
        if (application.isEmpty()) {
            throw new UserException("no application: name its jar after the flags");
        }
        SubmitOptions.Builder options = SubmitOptions.builder(Path.of(application.get(0)))
                .mainClass(mainClass)
                .arguments(application.subList(1, application.size()))
                .jars(jars)
                .files(files);
        if (propertiesFile != null) {
            options.conf(properties(propertiesFile));
        }
        options.conf(settings(conf));
        flag(options, ApplicationSettings.NAME, name);
        flag(options, ApplicationSettings.QUEUE, queue);
        flag(options, ApplicationSettings.DRIVER_MEMORY, driverMemory);
        flag(options, ApplicationSettings.DRIVER_CORES, driverCores);
        flag(options, ApplicationSettings.EXECUTOR_MEMORY, executorMemory);
        flag(options, ApplicationSettings.EXECUTOR_CORES, executorCores);
        flag(options, ApplicationSettings.EXECUTOR_INSTANCES, executors);
        return options.build();
    }

    private static void flag(SubmitOptions.Builder options, Setting<?> setting, @Nullable String value) {
        if (value != null) {
            options.conf(setting.key(), value);
        }
    }

    private static Map<String, String> settings(List<String> texts) {
        Map<String, String> settings = new HashMap<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            if (equals <= 0) {
                throw new UserException("--conf " + text + " is no KEY=VALUE");
            }
            settings.put(
                    text.substring(0, equals).trim(), text.substring(equals + 1).trim());
        }
        return settings;
    }

    private static Map<String, String> properties(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new UserException(
                    "cannot read the settings in " + file + " (--properties-file): " + e.getMessage(), e);
        }
        Map<String, String> settings = new HashMap<>();
        properties
                .stringPropertyNames()
                .forEach(key -> settings.put(key, properties.getProperty(key).trim()));
        return settings;
    }
}
