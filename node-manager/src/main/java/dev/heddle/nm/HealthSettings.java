package dev.heddle.nm;

import dev.heddle.common.UserException;
import dev.heddle.common.config.Setting;
import dev.heddle.nm.directories.DiskLimits;
import dev.heddle.nm.directories.DiskLimits.FreeSpace;
import dev.heddle.nm.directories.DiskLimits.Utilization;
import dev.heddle.nm.health.HealthScript;
import dev.heddle.nm.health.HealthWatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The settings of the checks of disks and of the health scripts, by YARN's keys where YARN has them. */
public final class HealthSettings {
    private static final Logger log = LoggerFactory.getLogger(HealthSettings.class);

    /** Begins the keys of the scripts, which contain their names. */
    public static final String SCRIPT_PREFIX = "yarn.nodemanager.health-checker.";

    /** As with YARN. */
    private static final int MAX_SCRIPTS = 4;

    private static final float UNSET = -1;
    private static final float WHOLE_PERCENT = 100;

    public static final Setting<Boolean> DISKS_CHECKED = Setting.bool(
            YarnConfiguration.NM_DISK_HEALTH_CHECK_ENABLE,
            true,
            "Whether disks are checked again and again; otherwise only when the node manager starts.");
    public static final Setting<Long> DISK_INTERVAL = Setting.millis(
            YarnConfiguration.NM_DISK_HEALTH_CHECK_INTERVAL_MS,
            YarnConfiguration.DEFAULT_NM_DISK_HEALTH_CHECK_INTERVAL_MS,
            "The time between two checks of the disks.");
    public static final Setting<Long> DISK_PATIENCE = Setting.millis(
            "heddle.nodemanager.disk-health-checker.timeout-ms",
            60_000,
            "How long a disk may take to answer a check before it counts as failed.");
    public static final Setting<Float> MIN_HEALTHY_DISKS = number(
            YarnConfiguration.NM_MIN_HEALTHY_DISKS_FRACTION,
            YarnConfiguration.DEFAULT_NM_MIN_HEALTHY_DISKS_FRACTION,
            new Bounds(0, 1),
            "",
            "The share of the local directories, and of the log directories, that must be good for the node to be healthy."
                    + " One must be in any case.");
    public static final Setting<Boolean> UTILIZATION_CHECKED = Setting.bool(
            YarnConfiguration.NM_DISK_UTILIZATION_THRESHOLD_ENABLED,
            YarnConfiguration.DEFAULT_NM_DISK_UTILIZATION_THRESHOLD_ENABLED,
            "Whether a disk of which too large a share is used counts as full.");
    public static final Setting<Float> MAX_UTILIZATION = number(
            YarnConfiguration.NM_MAX_PER_DISK_UTILIZATION_PERCENTAGE,
            YarnConfiguration.DEFAULT_NM_MAX_PER_DISK_UTILIZATION_PERCENTAGE,
            new Bounds(0, WHOLE_PERCENT),
            "%",
            "The share of a disk above which it is full: nothing new goes there.");
    public static final Setting<Float> RETURN_UTILIZATION = number(
            YarnConfiguration.NM_WM_LOW_PER_DISK_UTILIZATION_PERCENTAGE,
            UNSET,
            new Bounds(UNSET, WHOLE_PERCENT),
            "%",
            "The share down to which a full disk must come to be good again; -1 stands for the one above which it is full.");
    public static final Setting<Boolean> FREE_SPACE_CHECKED = Setting.bool(
            YarnConfiguration.NM_DISK_FREE_SPACE_THRESHOLD_ENABLED,
            YarnConfiguration.DEFAULT_NM_DISK_FREE_SPACE_THRESHOLD_ENABLED,
            "Whether a disk that has too little room left counts as full.");
    public static final Setting<Integer> MIN_FREE_SPACE = Setting.integer(
            YarnConfiguration.NM_MIN_PER_DISK_FREE_SPACE_MB,
            (int) YarnConfiguration.DEFAULT_NM_MIN_PER_DISK_FREE_SPACE_MB,
            0,
            Integer.MAX_VALUE,
            "MB",
            "The room below which a disk is full: nothing new goes there.");
    public static final Setting<Integer> RETURN_FREE_SPACE = Setting.integer(
            YarnConfiguration.NM_WM_HIGH_PER_DISK_FREE_SPACE_MB,
            -1,
            -1,
            Integer.MAX_VALUE,
            "MB",
            "The room that a full disk must have to be good again; -1 stands for that below which it is full.");
    public static final Setting<Boolean> CONTENTS_CHECKED = Setting.bool(
            YarnConfiguration.NM_WORKING_DIR_CONTENT_ACCESSIBILITY_VALIDATION_ENABLED,
            YarnConfiguration.DEFAULT_NM_WORKING_DIR_CONTENT_ACCESSIBILITY_VALIDATION_ENABLED,
            "Whether a check of a disk also looks whether every file in the directory can be read.");
    public static final Setting<String> SCRIPTS = Setting.text(
            YarnConfiguration.NM_HEALTH_CHECK_SCRIPTS,
            "script",
            "Names of programs that say whether the node is healthy, separated by commas, 4 at most. Of the one called NAME,"
                    + " yarn.nodemanager.health-checker.NAME.path is the program, and NAME.opts its arguments, separated by"
                    + " commas; NAME.interval-ms and NAME.timeout-ms are its own. Where there is no such program, nothing"
                    + " is run. A line of its output that begins with ERROR makes the node unhealthy.");
    public static final Setting<Long> SCRIPT_INTERVAL = Setting.millis(
            YarnConfiguration.NM_HEALTH_CHECK_INTERVAL_MS,
            YarnConfiguration.DEFAULT_NM_HEALTH_CHECK_INTERVAL_MS,
            "The time between two runs of a health script that has none of its own.");
    public static final Setting<Long> SCRIPT_TIMEOUT = Setting.millis(
            YarnConfiguration.NM_HEALTH_CHECK_TIMEOUT_MS,
            YarnConfiguration.DEFAULT_NM_HEALTH_CHECK_TIMEOUT_MS,
            "How long a health script may run that has no limit of its own; then it is killed and the node unhealthy.");
    public static final Setting<Boolean> SCRIPTS_FIRST = Setting.bool(
            YarnConfiguration.NM_HEALTH_CHECK_RUN_BEFORE_STARTUP,
            YarnConfiguration.DEFAULT_NM_HEALTH_CHECK_RUN_BEFORE_STARTUP,
            "Whether the health scripts are run, and waited for, before the node registers.");

    private HealthSettings() {}

    /** What a number must not be below or above. */
    private record Bounds(float min, float max) {}

    private static Setting<Float> number(
            String key, float defaultValue, Bounds bounds, String unit, String description) {
        String range = "number from " + words(bounds.min()) + " to " + words(bounds.max());
        return Setting.parsed(key, defaultValue, unit, range, description, text -> {
            float value = Float.parseFloat(text);
            if (!(value >= bounds.min() && value <= bounds.max())) {
                throw new IllegalArgumentException(text);
            }
            return value;
        });
    }

    private static String words(float bound) {
        return Integer.toString((int) bound);
    }

    /** From where on disks are full. */
    static DiskLimits diskLimits(Configuration configuration) {
        return new DiskLimits(
                UTILIZATION_CHECKED.get(configuration) ? Optional.of(utilization(configuration)) : Optional.empty(),
                FREE_SPACE_CHECKED.get(configuration) ? Optional.of(freeSpace(configuration)) : Optional.empty(),
                CONTENTS_CHECKED.get(configuration),
                MIN_HEALTHY_DISKS.get(configuration));
    }

    private static Utilization utilization(Configuration configuration) {
        float max = MAX_UTILIZATION.get(configuration);
        float back = RETURN_UTILIZATION.get(configuration);
        if (back > max) {
            log.warn(
                    "{} is {} and has no effect: it must not be above {}, which is {}",
                    RETURN_UTILIZATION.key(),
                    back,
                    MAX_UTILIZATION.key(),
                    max);
        }
        return new Utilization(max, back < 0 ? max : Math.min(back, max));
    }

    private static FreeSpace freeSpace(Configuration configuration) {
        int min = MIN_FREE_SPACE.get(configuration);
        int back = RETURN_FREE_SPACE.get(configuration);
        if (back >= 0 && back < min) {
            log.warn(
                    "{} is {} and has no effect: it must not be below {}, which is {}",
                    RETURN_FREE_SPACE.key(),
                    back,
                    MIN_FREE_SPACE.key(),
                    min);
        }
        return new FreeSpace(min, Math.max(back, min));
    }

    static HealthWatch.DiskChecks diskChecks(Configuration configuration) {
        return new HealthWatch.DiskChecks(
                DISKS_CHECKED.get(configuration), DISK_INTERVAL.get(configuration), DISK_PATIENCE.get(configuration));
    }

    /**
     * The health scripts that there are.
     *
     * @throws UserException if there are too many, or a number makes no sense
     */
    static List<HealthScript> scripts(Configuration configuration) {
        List<String> names = NodeManagerSettings.list(configuration, SCRIPTS);
        if (names.size() > MAX_SCRIPTS) {
            throw new UserException(SCRIPTS.key() + " names " + names.size() + " scripts: name " + MAX_SCRIPTS
                    + " at most, so that they do not slow the node down");
        }
        List<HealthScript> scripts = new ArrayList<>();
        for (String name : names) {
            String path = configuration.getTrimmed(SCRIPT_PREFIX + name + ".path", "");
            if (!path.isEmpty() && isRunnable(name, path)) {
                scripts.add(new HealthScript(
                        name,
                        path,
                        Arrays.asList(configuration.getStrings(SCRIPT_PREFIX + name + ".opts", new String[0])),
                        own(configuration, name + ".interval-ms", SCRIPT_INTERVAL),
                        own(configuration, name + ".timeout-ms", SCRIPT_TIMEOUT)));
            }
        }
        return scripts;
    }

    /** One configuration may be for nodes of which only some have a script. */
    private static boolean isRunnable(String name, String path) {
        if (!Files.exists(Path.of(path))) {
            log.warn("File {} for script \"{}\" does not exist.", path, name);
            return false;
        }
        if (!Files.isExecutable(Path.of(path))) {
            log.warn("File {} for script \"{}\" can not be executed.", path, name);
            return false;
        }
        return true;
    }

    private static long own(Configuration configuration, String key, Setting<Long> common) {
        long own = Setting.millis(SCRIPT_PREFIX + key, 0, common.description()).get(configuration);
        long value = own == 0 ? common.get(configuration) : own;
        if (value == 0) {
            throw new UserException(
                    common.key() + " is 0: give it, or " + SCRIPT_PREFIX + key + ", a number of milliseconds above 0");
        }
        return value;
    }

    /** In the order of the reference page. */
    static List<Setting<?>> all() {
        return List.of(
                DISKS_CHECKED,
                DISK_INTERVAL,
                DISK_PATIENCE,
                MIN_HEALTHY_DISKS,
                UTILIZATION_CHECKED,
                MAX_UTILIZATION,
                RETURN_UTILIZATION,
                FREE_SPACE_CHECKED,
                MIN_FREE_SPACE,
                RETURN_FREE_SPACE,
                CONTENTS_CHECKED,
                SCRIPTS,
                SCRIPT_INTERVAL,
                SCRIPT_TIMEOUT,
                SCRIPTS_FIRST);
    }
}
