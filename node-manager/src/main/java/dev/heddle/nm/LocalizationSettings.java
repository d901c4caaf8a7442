package dev.heddle.nm;

import dev.heddle.common.config.Setting;
import dev.heddle.nm.localization.ResourceCache;
import dev.heddle.nm.localization.UnpackLimits;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** The settings of how files come to this node and how long they stay. */
final class LocalizationSettings {
    private static final int BYTES_PER_MB_SHIFT = 20;
    private static final int FOLDERS_PER_FOLDER = 36;

    static final Setting<Integer> DOWNLOADS_PER_APPLICATION = Setting.integer(
            YarnConfiguration.NM_LOCALIZER_FETCH_THREAD_COUNT,
            YarnConfiguration.DEFAULT_NM_LOCALIZER_FETCH_THREAD_COUNT,
            1,
            1_000,
            "",
            "How many files are fetched at the same time for one application.");
    static final Setting<Integer> DOWNLOADS = Setting.integer(
            "heddle.nodemanager.localizer.max-downloads",
            32,
            1,
            1_000,
            "",
            "How many files are fetched at the same time for all applications together. No one file system gets more than"
                    + " three quarters of it, so that one that hangs does not hold up the others.");
    static final Setting<Long> STALL = Setting.millis(
            "heddle.nodemanager.localizer.stall-timeout-ms",
            600_000,
            "After how long without a byte a download is given up; 0 for never.");
    static final Setting<Integer> CACHE_SIZE = Setting.integer(
            YarnConfiguration.NM_LOCALIZER_CACHE_TARGET_SIZE_MB,
            (int) YarnConfiguration.DEFAULT_NM_LOCALIZER_CACHE_TARGET_SIZE_MB,
            0,
            Integer.MAX_VALUE,
            "MB",
            "How large the files that applications share may be, together, before those go that no container uses.");
    static final Setting<Long> CLEANUP_INTERVAL = Setting.millis(
            YarnConfiguration.NM_LOCALIZER_CACHE_CLEANUP_INTERVAL_MS,
            YarnConfiguration.DEFAULT_NM_LOCALIZER_CACHE_CLEANUP_INTERVAL_MS,
            "The time between two looks at that size.");
    static final Setting<Integer> MAX_FILES_PER_FOLDER = Setting.integer(
            YarnConfiguration.NM_LOCAL_CACHE_MAX_FILES_PER_DIRECTORY,
            YarnConfiguration.DEFAULT_NM_LOCAL_CACHE_MAX_FILES_PER_DIRECTORY,
            FOLDERS_PER_FOLDER + 1,
            Integer.MAX_VALUE,
            "",
            "How many files and folders one folder of such files may hold; 36 of them are further folders.");
    static final Setting<Integer> MAX_UNPACKED = Setting.integer(
            "heddle.nodemanager.localizer.max-unpacked-size-mb",
            20_480,
            1,
            Integer.MAX_VALUE,
            "MB",
            "How large an archive may become when it is unpacked, and how large a directory may be that is fetched.");
    static final Setting<Integer> MAX_ENTRIES = Setting.integer(
            "heddle.nodemanager.localizer.max-archive-entries",
            1_000_000,
            1,
            Integer.MAX_VALUE,
            "",
            "How many files an archive or a directory that is fetched may hold.");

    private LocalizationSettings() {}

    static ResourceCache.Limits limits(Configuration configuration) {
        return new ResourceCache.Limits(
                new ResourceCache.Downloads(
                        DOWNLOADS_PER_APPLICATION.get(configuration),
                        DOWNLOADS.get(configuration),
                        STALL.get(configuration)),
                bytes(CACHE_SIZE.get(configuration)),
                CLEANUP_INTERVAL.get(configuration),
                MAX_FILES_PER_FOLDER.get(configuration),
                new UnpackLimits(bytes(MAX_UNPACKED.get(configuration)), MAX_ENTRIES.get(configuration)));
    }

    private static long bytes(Integer megabytes) {
        return megabytes.longValue() << BYTES_PER_MB_SHIFT;
    }

    /** In the order of the reference page. */
    static List<Setting<?>> all() {
        return List.of(
                DOWNLOADS_PER_APPLICATION,
                DOWNLOADS,
                STALL,
                CACHE_SIZE,
                CLEANUP_INTERVAL,
                MAX_FILES_PER_FOLDER,
                MAX_UNPACKED,
                MAX_ENTRIES);
    }
}
