package dev.heddle.app.master;

import dev.heddle.app.ApplicationSettings;
import org.apache.hadoop.conf.Configuration;

/**
 * What bounds an application.
 *
 * @param slots tasks at a time of an executor
 * @param maxExecutorFailures above which the application fails
 * @param registrationTimeoutMs how long a container may take to become an executor
 * @param maxUnfinishedTasks above which tasks are refused
 * @param maxPayloadBytes largest serialized task or result
 */
record ControllerLimits(
        int slots,
        int maxExecutorFailures,
        long registrationTimeoutMs,
        int maxTaskAttempts,
        int maxUnfinishedTasks,
        int maxPayloadBytes) {
    private static final int MIN_MAX_FAILURES = 3;
    /** Where the number of executors has no limit of its own. */
    private static final int MAX_MAX_FAILURES = 100;

    private static final int BYTES_PER_MIB = 1 << 20;

    static ControllerLimits from(Configuration conf) {
        return new ControllerLimits(
                ApplicationSettings.EXECUTOR_CORES.get(conf),
                maxExecutorFailures(conf),
                ApplicationSettings.EXECUTOR_REGISTRATION_TIMEOUT.get(conf),
                ApplicationSettings.TASK_MAX_ATTEMPTS.get(conf),
                ApplicationSettings.DRIVER_MAX_PENDING_TASKS.get(conf),
                ApplicationSettings.MESSAGE_MAX_SIZE.get(conf) * BYTES_PER_MIB);
    }

    private static int maxExecutorFailures(Configuration conf) {
        int set = ApplicationSettings.EXECUTOR_MAX_FAILURES.get(conf);
        if (set != ApplicationSettings.UNSET) {
            return set;
        }
        if (!ApplicationSettings.DYNAMIC_ENABLED.get(conf)) {
            return Math.max(MIN_MAX_FAILURES, 2 * ApplicationSettings.EXECUTOR_INSTANCES.get(conf));
        }
        int executors = ApplicationSettings.DYNAMIC_MAX.get(conf);
        return executors == Integer.MAX_VALUE
                ? MAX_MAX_FAILURES
                : (int) Math.max(MIN_MAX_FAILURES, Math.min(Integer.MAX_VALUE, 2L * executors));
    }
}
