package dev.heddle.common.config;

import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** Settings that resource manager and node manager both read. They are listed with the resource manager's. */
public final class SharedSettings {
    private static final long TEN_MINUTES_MS = 600_000;

    public static final Setting<Boolean> ACCESS_CONTROL = Setting.bool(
            YarnConfiguration.YARN_ACL_ENABLE,
            false,
            "Whether only those who may see or change an application, or submit to a queue, can do so.");
    public static final Setting<String> ADMINISTRATORS =
            Setting.accessList(YarnConfiguration.YARN_ADMIN_ACL, "*", "Who may do everything.");
    public static final Setting<Boolean> ONLY_VIEWABLE = Setting.bool(
            YarnConfiguration.FILTER_ENTITY_LIST_BY_USER,
            false,
            "Whether lists of applications leave out those that the reader may not see.");
    public static final Setting<Boolean> LOGS_AGGREGATED = Setting.bool(
            YarnConfiguration.LOG_AGGREGATION_ENABLED,
            false,
            "Whether nodes bring the logs of applications together, which shows in their reports.");
    public static final Setting<Long> LOGS_TIMEOUT_MS = Setting.parsed(
            YarnConfiguration.LOG_AGGREGATION_STATUS_TIME_OUT_MS,
            TEN_MINUTES_MS,
            "ms",
            "whole number; 0 and less stand for the default",
            "How long after an application's end nodes may take for its logs before its report gives them up.",
            text -> {
                long value = Long.parseLong(text);
                return value > 0 ? value : TEN_MINUTES_MS;
            });

    private SharedSettings() {}
}
