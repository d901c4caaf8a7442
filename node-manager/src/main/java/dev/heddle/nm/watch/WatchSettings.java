package dev.heddle.nm.watch;

import dev.heddle.common.config.Setting;
import java.util.List;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** The settings of watching, by YARN's keys. */
public final class WatchSettings {
    public static final Setting<Boolean> ENABLED = Setting.bool(
            YarnConfiguration.NM_CONTAINER_MONITOR_ENABLED,
            YarnConfiguration.DEFAULT_NM_CONTAINER_MONITOR_ENABLED,
            "Whether it is watched what containers and the machine use.");
    public static final Setting<Long> INTERVAL = Setting.millis(
            YarnConfiguration.NM_CONTAINER_MON_INTERVAL_MS,
            YarnConfiguration.DEFAULT_NM_RESOURCE_MON_INTERVAL_MS,
            "How long after one look the next one is taken; 0 takes none.");
    public static final Setting<Boolean> PHYSICAL_CHECK = Setting.bool(
            YarnConfiguration.NM_PMEM_CHECK_ENABLED,
            YarnConfiguration.DEFAULT_NM_PMEM_CHECK_ENABLED,
            "Whether a container that uses more memory than it was granted is ended, where the kernel does not see to it.");
    public static final Setting<Boolean> VIRTUAL_CHECK = Setting.bool(
            YarnConfiguration.NM_VMEM_CHECK_ENABLED,
            false,
            "Whether a container whose address space is larger than vmem-pmem-ratio allows is ended. Off, other than in"
                    + " YARN: address space costs nothing.");
    public static final Setting<Double> VIRTUAL_RATIO = Setting.parsed(
            YarnConfiguration.NM_VMEM_PMEM_RATIO,
            2.1,
            "",
            "number from 1",
            "How much address space a container may have for each unit of memory that it was granted.",
            WatchSettings::ratio);
    public static final Setting<Boolean> LOG_CHECK = Setting.bool(
            YarnConfiguration.NM_CONTAINER_LOG_MONITOR_ENABLED,
            YarnConfiguration.DEFAULT_NM_CONTAINER_LOG_MONITOR_ENABLED,
            "Whether a container that logs too much is ended.");
    public static final Setting<Long> LOG_INTERVAL = Setting.millis(
            YarnConfiguration.NM_CONTAINER_LOG_MON_INTERVAL_MS,
            YarnConfiguration.DEFAULT_NM_CONTAINER_LOG_MON_INTERVAL_MS,
            "How long after one look at the sizes of logs the next one is taken.");
    public static final Setting<Long> LOG_DIRECTORY_LIMIT = bytes(
            YarnConfiguration.NM_CONTAINER_LOG_DIR_SIZE_LIMIT_BYTES,
            YarnConfiguration.DEFAULT_NM_CONTAINER_LOG_DIR_SIZE_LIMIT_BYTES,
            "How much a container may log into one of its directories.");
    public static final Setting<Long> LOG_TOTAL_LIMIT = bytes(
            YarnConfiguration.NM_CONTAINER_LOG_TOTAL_SIZE_LIMIT_BYTES,
            YarnConfiguration.DEFAULT_NM_CONTAINER_LOG_TOTAL_SIZE_LIMIT_BYTES,
            "How much a container may log into all of its directories.");

    private WatchSettings() {}

    private static double ratio(String text) {
        double value = Double.parseDouble(text);
        if (value >= 1 && Double.isFinite(value)) {
            return value;
        }
        throw new IllegalArgumentException(text);
    }

    private static Setting<Long> bytes(String key, long otherwise, String description) {
        return Setting.parsed(key, otherwise, "bytes", "whole number from 1", description, text -> {
            long value = Long.parseLong(text);
            if (value < 1) {
                throw new IllegalArgumentException(text);
            }
            return value;
        });
    }

    /** In the order of the reference page. */
    public static List<Setting<?>> all() {
        return List.of(
                ENABLED,
                INTERVAL,
                PHYSICAL_CHECK,
                VIRTUAL_CHECK,
                VIRTUAL_RATIO,
                LOG_CHECK,
                LOG_INTERVAL,
                LOG_DIRECTORY_LIMIT,
                LOG_TOTAL_LIMIT);
    }
}
