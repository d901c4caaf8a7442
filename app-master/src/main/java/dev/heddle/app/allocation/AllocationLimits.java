package dev.heddle.app.allocation;

import dev.heddle.app.ApplicationSettings;
import dev.heddle.common.UserException;
import org.apache.hadoop.conf.Configuration;

/**
 * What bounds the number of executors.
 *
 * @param ratio share of the executors that would run every task at once
 * @param backlogMs how long tasks may wait before more executors are asked for
 * @param sustainedBacklogMs the same for the second and later asks
 * @param idleMs how long an executor may be idle
 * @param slots tasks at a time of an executor
 */
public record AllocationLimits(
        int min, int max, int initial, double ratio, long backlogMs, long sustainedBacklogMs, long idleMs, int slots) {

    /**
     * Reads the settings.
     *
     * @throws UserException if they contradict each other
     */
    public static AllocationLimits from(Configuration conf) {
        int min = ApplicationSettings.DYNAMIC_MIN.get(conf);
        int max = ApplicationSettings.DYNAMIC_MAX.get(conf);
        if (max < 1 || min > max) {
            throw new UserException(ApplicationSettings.DYNAMIC_MIN.key() + " is " + min + " and "
                    + ApplicationSettings.DYNAMIC_MAX.key() + " is " + max
                    + ": the second must be at least 1 and no less than the first; correct one of them");
        }
        int initial = Math.max(min, ApplicationSettings.DYNAMIC_INITIAL.get(conf));
        if (conf.get(ApplicationSettings.EXECUTOR_INSTANCES.key()) != null) {
            initial = Math.max(initial, ApplicationSettings.EXECUTOR_INSTANCES.get(conf));
        }
        if (initial > max) {
            throw new UserException("the application would start with " + initial + " executors, which is more than "
                    + ApplicationSettings.DYNAMIC_MAX.key() + " (" + max + "): raise that, or lower "
                    + ApplicationSettings.DYNAMIC_INITIAL.key() + " or --num-executors");
        }
        long backlog = ApplicationSettings.DYNAMIC_BACKLOG_TIMEOUT.get(conf);
        long sustained = ApplicationSettings.DYNAMIC_SUSTAINED_TIMEOUT.get(conf);
        return new AllocationLimits(
                min,
                max,
                initial,
                ApplicationSettings.DYNAMIC_RATIO.get(conf),
                backlog,
                sustained == ApplicationSettings.UNSET ? backlog : sustained,
                ApplicationSettings.DYNAMIC_IDLE_TIMEOUT.get(conf),
                ApplicationSettings.EXECUTOR_CORES.get(conf));
    }
}
