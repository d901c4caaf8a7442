package dev.heddle.app;

import dev.heddle.common.config.Setting;
import java.util.List;

/**
 * The settings of an application. Each may also be given to {@code submit} with the prefix {@code spark.} in place of
 * {@code heddle.}; where both are given, {@code heddle.} wins.
 */
public final class ApplicationSettings {
    /** Stands for "not set" where the default follows from other settings. */
    public static final int UNSET = -1;

    private static final String MEMORY = "memory size such as 512m or 2g";
    private static final String SPAN = "span of time such as 500ms, 60s or 5m";
    private static final String OVERHEAD_RULE = "; where it is not set, a tenth of the heap and at least 384 MiB";

    public static final Setting<String> NAME =
            Setting.text("heddle.app.name", "", "Name of the application; where it is empty, that of the main class");
    public static final Setting<String> QUEUE = Setting.text("heddle.yarn.queue", "default", "Queue to submit to");
    public static final Setting<Integer> MAX_ATTEMPTS = Setting.integer(
            "heddle.yarn.maxAppAttempts",
            0,
            0,
            100,
            "attempts",
            "How often the application master is started before the application fails; 0 for the cluster's own limit");

    public static final Setting<Integer> DRIVER_MEMORY =
            memory("heddle.driver.memory", 1024, "Heap of the driver and application master");
    public static final Setting<Integer> DRIVER_MEMORY_OVERHEAD = memory(
            "heddle.driver.memoryOverhead", UNSET, "What the driver's container has beyond the heap" + OVERHEAD_RULE);
    public static final Setting<Integer> DRIVER_CORES =
            Setting.integer("heddle.driver.cores", 1, 1, 1024, "cores", "Cores of the driver's container");
    public static final Setting<Integer> DRIVER_MAX_PENDING_TASKS = Setting.integer(
            "heddle.driver.maxPendingTasks",
            100_000,
            1,
            10_000_000,
            "tasks",
            "Unfinished tasks of a driver above which it is refused more");

    public static final Setting<Integer> EXECUTOR_MEMORY =
            memory("heddle.executor.memory", 1024, "Heap of an executor");
    public static final Setting<Integer> EXECUTOR_MEMORY_OVERHEAD = memory(
            "heddle.executor.memoryOverhead",
            UNSET,
            "What an executor's container has beyond the heap" + OVERHEAD_RULE);
    public static final Setting<Integer> EXECUTOR_CORES =
            Setting.integer("heddle.executor.cores", 1, 1, 1024, "cores", "Cores, and tasks at a time, of an executor");
    public static final Setting<Integer> EXECUTOR_INSTANCES = Setting.integer(
            "heddle.executor.instances", 2, 0, 1_000_000, "executors", "Executors, where their number is fixed");
    public static final Setting<Integer> EXECUTOR_MAX_FAILURES = Setting.integer(
            "heddle.executor.maxNumFailures",
            UNSET,
            UNSET,
            1_000_000,
            "executors",
            "Failed executors above which the application fails; where it is not set (-1), twice the number of"
                    + " executors and at least 3, or 100 where that number has no limit");
    public static final Setting<Long> EXECUTOR_REGISTRATION_TIMEOUT =
            span("heddle.executor.registrationTimeout", 120_000, "How long a container may take to become an executor");
    public static final Setting<Long> EXECUTOR_HEARTBEAT_INTERVAL = span(
            "heddle.executor.heartbeatInterval", 3_000, "Silence after which driver and executor say that they live");
    public static final Setting<Long> NETWORK_TIMEOUT =
            span("heddle.network.timeout", 30_000, "Silence after which driver or executor takes the other for lost");
    public static final Setting<Integer> MESSAGE_MAX_SIZE =
            Setting.integer("heddle.rpc.message.maxSize", 128, 1, 2_000, "MiB", "Largest serialized task or result");
    public static final Setting<Integer> TASK_MAX_ATTEMPTS = Setting.integer(
            "heddle.task.maxAttempts",
            4,
            1,
            1_000,
            "attempts",
            "How often a task is started whose executor is lost, before it fails");

    public static final Setting<Boolean> DYNAMIC_ENABLED = Setting.bool(
            "heddle.dynamicAllocation.enabled", false, "Whether the number of executors follows the number of tasks");
    public static final Setting<Integer> DYNAMIC_MIN = executors("minExecutors", 0, "Executors that are always kept");
    public static final Setting<Integer> DYNAMIC_MAX =
            executors("maxExecutors", Integer.MAX_VALUE, "Executors that are never exceeded");
    public static final Setting<Integer> DYNAMIC_INITIAL = executors(
            "initialExecutors",
            UNSET,
            "Executors at the start; never fewer than minExecutors or a heddle.executor.instances that is set");
    public static final Setting<Double> DYNAMIC_RATIO = Setting.parsed(
            "heddle.dynamicAllocation.executorAllocationRatio",
            1.0,
            "",
            "number above 0 and up to 1",
            "Share of the executors that would run every task at once",
            ApplicationSettings::ratio);
    public static final Setting<Long> DYNAMIC_BACKLOG_TIMEOUT = span(
            "heddle.dynamicAllocation.schedulerBacklogTimeout",
            1_000,
            "How long tasks may wait before more executors are asked for");
    public static final Setting<Long> DYNAMIC_SUSTAINED_TIMEOUT = span(
            "heddle.dynamicAllocation.sustainedSchedulerBacklogTimeout",
            UNSET,
            "As schedulerBacklogTimeout for the second and later asks; the same where it is not set");
    public static final Setting<Long> DYNAMIC_IDLE_TIMEOUT = span(
            "heddle.dynamicAllocation.executorIdleTimeout",
            60_000,
            "How long an executor may be without a task before it is given back");

    public static final Setting<String> STAGING_DIRECTORY = Setting.text(
            "heddle.yarn.stagingDir",
            "",
            "Directory on the default file system under which applications' files are put; where it is empty, the"
                    + " user's home");
    public static final Setting<String> JARS = Setting.text(
            "heddle.yarn.jars",
            "",
            "local:/DIRECTORY where each node already has Heddle's jars there; where it is empty they are uploaded");
    public static final Setting<Long> REPORT_INTERVAL =
            span("heddle.yarn.report.interval", 500, "How often the submitter asks how far the application is");
    public static final Setting<Long> CONNECT_TIMEOUT = span(
            "heddle.yarn.submit.connectTimeout",
            10_000,
            "How long the submitter tries to reach a resource manager, where"
                    + " yarn.resourcemanager.connect.max-wait.ms is not set");
    public static final Setting<Long> HEARTBEAT_INTERVAL = Setting.millis(
            "heddle.yarn.scheduler.heartbeat.interval-ms",
            1_000,
            "How often the application master calls the resource manager while it waits for no container");
    public static final Setting<Long> ALLOCATION_INTERVAL = span(
            "heddle.yarn.scheduler.initial-allocation.interval",
            200,
            "How often the application master calls the resource manager while it waits for containers");

    private static final List<Setting<?>> ALL = List.of(
            NAME,
            QUEUE,
            MAX_ATTEMPTS,
            DRIVER_MEMORY,
            DRIVER_MEMORY_OVERHEAD,
            DRIVER_CORES,
            DRIVER_MAX_PENDING_TASKS,
            EXECUTOR_MEMORY,
            EXECUTOR_MEMORY_OVERHEAD,
            EXECUTOR_CORES,
            EXECUTOR_INSTANCES,
            EXECUTOR_MAX_FAILURES,
            EXECUTOR_REGISTRATION_TIMEOUT,
            EXECUTOR_HEARTBEAT_INTERVAL,
            NETWORK_TIMEOUT,
            MESSAGE_MAX_SIZE,
            TASK_MAX_ATTEMPTS,
            DYNAMIC_ENABLED,
            DYNAMIC_MIN,
            DYNAMIC_MAX,
            DYNAMIC_INITIAL,
            DYNAMIC_RATIO,
            DYNAMIC_BACKLOG_TIMEOUT,
            DYNAMIC_SUSTAINED_TIMEOUT,
            DYNAMIC_IDLE_TIMEOUT,
            STAGING_DIRECTORY,
            JARS,
            REPORT_INTERVAL,
            CONNECT_TIMEOUT,
            HEARTBEAT_INTERVAL,
            ALLOCATION_INTERVAL);

    private ApplicationSettings() {}

    public static List<Setting<?>> all() {
        return ALL;
    }

    private static Setting<Integer> memory(String key, int defaultMb, String description) {
        return Setting.parsed(key, defaultMb, "MiB", MEMORY, description, MemorySize::parseMb);
    }

    private static Setting<Long> span(String key, long defaultMs, String description) {
        return Setting.parsed(key, defaultMs, "ms", SPAN, description, TimeSpan::parseMs);
    }

    private static Setting<Integer> executors(String name, int defaultValue, String description) {
        return Setting.integer(
                "heddle.dynamicAllocation." + name,
                defaultValue,
                Math.min(defaultValue, 0),
                Integer.MAX_VALUE,
                "executors",
                description);
    }

    private static Double ratio(String text) {
        double value = Double.parseDouble(text);
        if (!(value > 0 && value <= 1)) {
            throw new IllegalArgumentException(text);
        }
        return value;
    }
}
