package dev.heddle.rm;

import dev.heddle.common.UserException;
import dev.heddle.common.config.Setting;
import dev.heddle.common.config.SharedSettings;
import dev.heddle.rm.wire.HeartbeatPace;
import dev.heddle.rm.wire.LogRules;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** Settings for what nodes report, and how often. */
final class TrackerSettings {
    private static final int SECOND_MS = 1_000;

    static final Setting<Long> INTERVAL_MS = Setting.millis(
            YarnConfiguration.RM_NM_HEARTBEAT_INTERVAL_MS,
            SECOND_MS,
            "What nodes are told to wait between heartbeats.");
    static final Setting<Boolean> SCALED = Setting.bool(
            YarnConfiguration.RM_NM_HEARTBEAT_INTERVAL_SCALING_ENABLE,
            false,
            "Whether nodes that are busier than the cluster wait longer, and others less long.");
    static final Setting<Long> MINIMUM_MS = Setting.millis(
            YarnConfiguration.RM_NM_HEARTBEAT_INTERVAL_MIN_MS, SECOND_MS, "The shortest that such a node waits.");
    static final Setting<Long> MAXIMUM_MS = Setting.millis(
            YarnConfiguration.RM_NM_HEARTBEAT_INTERVAL_MAX_MS, SECOND_MS, "The longest that such a node waits.");
    static final Setting<Float> SPEEDUP = factor(
            YarnConfiguration.RM_NM_HEARTBEAT_INTERVAL_SPEEDUP_FACTOR,
            "By how much less than the cluster's share a node's share of busy cores shortens its wait.");
    static final Setting<Float> SLOWDOWN = factor(
            YarnConfiguration.RM_NM_HEARTBEAT_INTERVAL_SLOWDOWN_FACTOR,
            "By how much more than the cluster's share a node's share of busy cores lengthens its wait.");
    static final Setting<Boolean> LOGS_AGGREGATED = SharedSettings.LOGS_AGGREGATED;
    static final Setting<Long> LOGS_TIMEOUT_MS = SharedSettings.LOGS_TIMEOUT_MS;

    private TrackerSettings() {}

    private static Setting<Float> factor(String key, String description) {
        return Setting.parsed(key, 1f, "", "number from 0", description, text -> {
            float value = Float.parseFloat(text);
            if (value >= 0 && value <= Float.MAX_VALUE) {
                return value;
            }
            throw new IllegalArgumentException(text);
        });
    }

    static List<Setting<?>> all() {
        return List.of(
                INTERVAL_MS, SCALED, MINIMUM_MS, MAXIMUM_MS, SPEEDUP, SLOWDOWN, LOGS_AGGREGATED, LOGS_TIMEOUT_MS);
    }

    /**
     * How often nodes are heard of.
     *
     * @throws UserException if a setting cannot be used, or the interval is not between its bounds
     */
    static HeartbeatPace pace(Configuration configuration) {
        long intervalMs = INTERVAL_MS.get(configuration);
        long minMs = MINIMUM_MS.get(configuration);
        long maxMs = MAXIMUM_MS.get(configuration);
        HeartbeatPace.Scaling scaling =
                new HeartbeatPace.Scaling(minMs, maxMs, SPEEDUP.get(configuration), SLOWDOWN.get(configuration));
        if (!SCALED.get(configuration)) {
            return new HeartbeatPace(intervalMs, null);
        }
        if (minMs <= 0 || minMs > intervalMs || intervalMs > maxMs) {
            throw new UserException(INTERVAL_MS.key() + " is " + intervalMs + ", which is not between "
                    + MINIMUM_MS.key() + " (" + minMs + ", at least 1) and " + MAXIMUM_MS.key() + " (" + maxMs
                    + "): correct them, or set " + SCALED.key() + " to false");
        }
        return new HeartbeatPace(intervalMs, scaling);
    }

    static LogRules logs(Configuration configuration) {
        return new LogRules(LOGS_AGGREGATED.get(configuration), LOGS_TIMEOUT_MS.get(configuration));
    }
}
