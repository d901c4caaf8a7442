package dev.heddle.nm;

import dev.heddle.common.UserException;
import dev.heddle.common.config.Setting;
import dev.heddle.common.config.SharedSettings;
import dev.heddle.nm.logs.NodeLogs;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** Settings for what becomes of the logs of containers. */
final class LogSettings {
    private static final int SECOND_MS = 1_000;
    private static final int LONGEST_S = Integer.MAX_VALUE / SECOND_MS;

    static final Setting<Integer> UPLOAD_THREADS = Setting.integer(
            YarnConfiguration.NM_LOG_AGGREGATION_THREAD_POOL_SIZE,
            YarnConfiguration.DEFAULT_NM_LOG_AGGREGATION_THREAD_POOL_SIZE,
            1,
            1_000,
            "",
            "How many applications' logs are uploaded at the same time.");
    static final Setting<Integer> ROLL_INTERVAL_S = Setting.integer(
            YarnConfiguration.NM_LOG_AGGREGATION_ROLL_MONITORING_INTERVAL_SECONDS,
            -1,
            -1,
            LONGEST_S,
            "s",
            "How often logs of running containers are uploaded that their application has named for it; -1 for never.");
    static final Setting<Integer> SHORTEST_ROLL_INTERVAL_S = Setting.integer(
            YarnConfiguration.MIN_LOG_ROLLING_INTERVAL_SECONDS,
            (int) YarnConfiguration.MIN_LOG_ROLLING_INTERVAL_SECONDS_DEFAULT,
            1,
            LONGEST_S,
            "s",
            "An interval between uploads that is shorter counts as this one.");
    static final Setting<String> POLICY = Setting.text(
            YarnConfiguration.NM_LOG_AGG_POLICY_CLASS,
            NodeLogs.ALL_LOGS,
            "The class that says which containers' logs are uploaded, for applications that name none.");
    static final Setting<String> POLICY_PARAMETERS = Setting.text(
            YarnConfiguration.NM_LOG_AGG_POLICY_CLASS_PARAMETERS,
            "",
            "Parameters of that class, such as SR:0.2,MIN:20 for samples.");
    static final Setting<Integer> RETRIES = Setting.integer(
            "heddle.nodemanager.log-aggregation.retries",
            10,
            0,
            1_000_000,
            "",
            "How often an upload of logs that has failed is tried again, after 1 s, 2 s and so on up to 1 min.");
    static final Setting<Integer> RETAIN_S = Setting.integer(
            YarnConfiguration.NM_LOG_RETAIN_SECONDS,
            (int) YarnConfiguration.DEFAULT_NM_LOG_RETAIN_SECONDS,
            0,
            Integer.MAX_VALUE,
            "s",
            "How long local logs stay that are not uploaded, from the end of their application.");
    static final Setting<Integer> DELETION_DELAY_S = Setting.integer(
            YarnConfiguration.DEBUG_NM_DELETE_DELAY_SEC,
            0,
            -1,
            Integer.MAX_VALUE,
            "s",
            "How long local logs stay that have been uploaded, from the end of their application; -1 for ever.");
    static final Setting<Boolean> CLEANUP = Setting.bool(
            YarnConfiguration.LOG_AGGREGATION_ENABLE_LOCAL_CLEANUP,
            true,
            "Whether local logs that have been uploaded are deleted; only tests want them left.");

    private LogSettings() {}

    static NodeLogs.Terms terms(Configuration configuration) {
        long rollIntervalS = ROLL_INTERVAL_S.get(configuration);
        return new NodeLogs.Terms(
                SharedSettings.LOGS_AGGREGATED.get(configuration),
                rollIntervalS <= 0
                        ? 0
                        : SECOND_MS * Math.max(rollIntervalS, SHORTEST_ROLL_INTERVAL_S.get(configuration)),
                RETRIES.get(configuration),
                SharedSettings.LOGS_TIMEOUT_MS.get(configuration),
                SECOND_MS * RETAIN_S.get(configuration).longValue(),
                SECOND_MS * DELETION_DELAY_S.get(configuration).longValue(),
                CLEANUP.get(configuration));
    }

    /**
     * The policy for applications that name none.
     *
     * @throws UserException if there is no such policy
     */
    static NodeLogs.Policy policy(Configuration configuration) {
        NodeLogs.Policy policy = new NodeLogs.Policy(POLICY.get(configuration), POLICY_PARAMETERS.get(configuration));
        if (!NodeLogs.isPolicy(policy, configuration)) {
            throw new UserException(POLICY.key() + " is '" + policy.className()
                    + "', which is no log aggregation policy on this daemon's class path: correct it or add its jar");
        }
        return policy;
    }

    static List<Setting<?>> all() {
        return List.of(
                UPLOAD_THREADS,
                ROLL_INTERVAL_S,
                SHORTEST_ROLL_INTERVAL_S,
                POLICY,
                POLICY_PARAMETERS,
                RETRIES,
                RETAIN_S,
                DELETION_DELAY_S,
                CLEANUP);
    }
}
