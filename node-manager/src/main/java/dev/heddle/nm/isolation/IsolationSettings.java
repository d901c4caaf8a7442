package dev.heddle.nm.isolation;

import dev.heddle.common.config.Setting;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** The settings of isolation: YARN's keys where YARN has them. */
public final class IsolationSettings {
    private static final String CONTROLLER_NEEDED = "; a machine without that controller is refused at the start.";

    public static final Setting<IsolationChoice> ISOLATION = Setting.parsed(
            "heddle.nodemanager.isolation",
            IsolationChoice.CONFIGURED,
            "",
            IsolationChoice.range(),
            "How containers are kept inside their limits. configured: by cgroups if one of"
                    + " yarn.nodemanager.resource.{memory,cpu,disk}.enabled is true, else by watching process trees."
                    + " auto: memory, CPU and processes by cgroups where the machine has them, else process trees."
                    + " cgroup, cgroup-v1, cgroup-v2: the same, and refused where the machine does not have them."
                    + " process: never by cgroups.",
            IsolationChoice::parse);
    public static final Setting<ExecutorChoice> EXECUTOR = Setting.parsed(
            YarnConfiguration.NM_CONTAINER_EXECUTOR,
            ExecutorChoice.DEFAULT,
            "",
            "class name that ends with DefaultContainerExecutor or LinuxContainerExecutor",
            "Who containers run as, by the name of YARN's class: DefaultContainerExecutor, the node manager's own user;"
                    + " LinuxContainerExecutor, users of the machine, for which the node manager has to be root and"
                    + " setpriv of util-linux be there.",
            ExecutorChoice::parse);
    public static final Setting<Boolean> MEMORY = Setting.bool(
            YarnConfiguration.NM_MEMORY_RESOURCE_ENABLED,
            YarnConfiguration.DEFAULT_NM_MEMORY_RESOURCE_ENABLED,
            "Whether memory is limited by cgroups" + CONTROLLER_NEEDED);
    public static final Setting<Boolean> MEMORY_ENFORCED = Setting.bool(
            YarnConfiguration.NM_MEMORY_RESOURCE_ENFORCED,
            YarnConfiguration.DEFAULT_NM_MEMORY_RESOURCE_ENFORCED,
            "With cgroups, whether the kernel ends what goes over a container's memory; otherwise it only counts.");
    public static final Setting<Integer> SWAPPINESS = Setting.integer(
            YarnConfiguration.NM_MEMORY_RESOURCE_CGROUPS_SWAPPINESS,
            YarnConfiguration.DEFAULT_NM_MEMORY_RESOURCE_CGROUPS_SWAPPINESS,
            0,
            100,
            "",
            "With cgroups, how readily the memory of a guaranteed container is swapped; 0 is never.");
    public static final Setting<Double> SOFT_LIMIT = Setting.parsed(
            YarnConfiguration.NM_MEMORY_RESOURCE_CGROUPS_SOFT_LIMIT_PERCENTAGE,
            (double) YarnConfiguration.DEFAULT_NM_MEMORY_RESOURCE_CGROUPS_SOFT_LIMIT_PERCENTAGE,
            "percent",
            "number from 0 to 100",
            "With cgroups, how much of its memory a guaranteed container keeps when the machine's memory gets scarce.",
            text -> between(text, 0, 100));
    public static final Setting<Boolean> CPU = Setting.bool(
            "yarn.nodemanager.resource.cpu.enabled",
            false,
            "Whether CPU time is shared out by cgroups" + CONTROLLER_NEEDED);
    public static final Setting<Boolean> STRICT_CPU = Setting.bool(
            YarnConfiguration.NM_LINUX_CONTAINER_CGROUPS_STRICT_RESOURCE_USAGE,
            YarnConfiguration.DEFAULT_NM_LINUX_CONTAINER_CGROUPS_STRICT_RESOURCE_USAGE,
            "With cgroups, whether a container gets no more than its share of CPU time even where there is more.");
    public static final Setting<Integer> CPU_PERCENT = Setting.integer(
            YarnConfiguration.NM_RESOURCE_PERCENTAGE_PHYSICAL_CPU_LIMIT,
            YarnConfiguration.DEFAULT_NM_RESOURCE_PERCENTAGE_PHYSICAL_CPU_LIMIT,
            1,
            100,
            "percent",
            "With cgroups, how much of the machine's CPU time all containers together may use.");
    public static final Setting<Boolean> EXCLUSIVE_CORES = Setting.bool(
            "heddle.nodemanager.cgroups.exclusive-cores",
            false,
            "Whether guaranteed containers whose virtual cores are worth whole cores get these for themselves while"
                    + " there are some; one is always left for the others. For cgroup v1 with CPU.");
    public static final Setting<Boolean> DISK = Setting.bool(
            "yarn.nodemanager.resource.disk.enabled",
            false,
            "Whether containers share disks by weight, by cgroups" + CONTROLLER_NEEDED);
    public static final Setting<Integer> IO_WEIGHT = Setting.integer(
            "heddle.nodemanager.cgroups.io-weight",
            500,
            10,
            1_000,
            "",
            "With disks shared by weight, that of each container; cgroup v2 gets it on its own scale.");
    public static final Setting<Integer> MAX_PROCESSES = Setting.integer(
            "heddle.nodemanager.cgroups.max-processes",
            8_192,
            0,
            4_194_304,
            "",
            "With cgroups, how many processes and threads one container may have; 0 is no limit. Where the kernel has no"
                    + " such controller it is not limited, and the log says so.");
    public static final Setting<String> HIERARCHY = Setting.text(
            YarnConfiguration.NM_LINUX_CONTAINER_CGROUPS_HIERARCHY,
            "/hadoop-yarn",
            "The cgroup below which those of containers are, from the root of each controller.");
    public static final Setting<String> MOUNT_PATH = Setting.text(
            YarnConfiguration.NM_LINUX_CONTAINER_CGROUPS_MOUNT_PATH,
            "",
            "Where cgroup v1 is, a directory for each controller; empty asks the system.");
    public static final Setting<String> V2_MOUNT_PATH = Setting.text(
            YarnConfiguration.NM_LINUX_CONTAINER_CGROUPS_V2_MOUNT_PATH,
            "",
            "Where cgroup v2 is; empty asks the system.");
    public static final Setting<Boolean> MOUNT = Setting.bool(
            YarnConfiguration.NM_LINUX_CONTAINER_CGROUPS_MOUNT,
            false,
            "Has to be false: this node manager mounts nothing.");
    public static final Setting<Boolean> V2 = Setting.bool(
            YarnConfiguration.NM_LINUX_CONTAINER_CGROUPS_V2_ENABLED,
            YarnConfiguration.DEFAULT_NM_LINUX_CONTAINER_CGROUPS_V2_ENABLED,
            "Whether cgroups have to be of version 2. Otherwise it is version 2 where that has every controller needed,"
                    + " and else version 1.");
    public static final Setting<Long> DELETE_TIMEOUT = Setting.millis(
            YarnConfiguration.NM_LINUX_CONTAINER_CGROUPS_DELETE_TIMEOUT,
            YarnConfiguration.DEFAULT_NM_LINUX_CONTAINER_CGROUPS_DELETE_TIMEOUT,
            "How long it is tried to remove the cgroup of a container that has ended.");
    public static final Setting<Long> DELETE_DELAY = Setting.millis(
            YarnConfiguration.NM_LINUX_CONTAINER_CGROUPS_DELETE_DELAY,
            YarnConfiguration.DEFAULT_NM_LINUX_CONTAINER_CGROUPS_DELETE_DELAY,
            "How long is waited between two attempts.");
    public static final Setting<Boolean> LIMIT_USERS = Setting.bool(
            YarnConfiguration.NM_NONSECURE_MODE_LIMIT_USERS,
            YarnConfiguration.DEFAULT_NM_NONSECURE_MODE_LIMIT_USERS,
            "With the LinuxContainerExecutor and without Kerberos, whether every container runs as one user, as nobody"
                    + " proves who they are.");
    public static final Setting<String> LOCAL_USER = Setting.text(
            YarnConfiguration.NM_NONSECURE_MODE_LOCAL_USER_KEY,
            YarnConfiguration.DEFAULT_NM_NONSECURE_MODE_LOCAL_USER,
            "That one user.");
    public static final Setting<Pattern> USER_PATTERN = Setting.parsed(
            YarnConfiguration.NM_NONSECURE_MODE_USER_PATTERN_KEY,
            Pattern.compile(YarnConfiguration.DEFAULT_NM_NONSECURE_MODE_USER_PATTERN),
            "",
            "regular expression",
            "What names of users may look like, with the LinuxContainerExecutor.",
            Pattern::compile);
    public static final Setting<Integer> MIN_USER_ID = Setting.integer(
            "heddle.nodemanager.container-users.min-id",
            1_000,
            1,
            Integer.MAX_VALUE,
            "",
            "With the LinuxContainerExecutor, the first id of a user that may run containers; root never may.");
    public static final Setting<String> ALLOWED_SYSTEM_USERS = Setting.text(
            "heddle.nodemanager.container-users.allowed-system",
            "",
            "Users below that id who may run containers nevertheless, separated by commas.");
    public static final Setting<String> GROUP = Setting.text(
            "yarn.nodemanager.linux-container-executor.group",
            "root",
            "With the LinuxContainerExecutor, the group that may read the files of containers: the one of services"
                    + " beside the node manager, and of no user.");

    private IsolationSettings() {}

    private static double between(String text, double from, double to) {
        double value = Double.parseDouble(text);
        if (value >= from && value <= to) {
            return value;
        }
        throw new IllegalArgumentException(text);
    }

    /** In the order of the reference page. */
    public static List<Setting<?>> all() {
        return List.of(
                ISOLATION,
                EXECUTOR,
                MEMORY,
                MEMORY_ENFORCED,
                SWAPPINESS,
                SOFT_LIMIT,
                CPU,
                STRICT_CPU,
                CPU_PERCENT,
                EXCLUSIVE_CORES,
                DISK,
                IO_WEIGHT,
                MAX_PROCESSES,
                HIERARCHY,
                MOUNT_PATH,
                V2_MOUNT_PATH,
                MOUNT,
                V2,
                DELETE_TIMEOUT,
                DELETE_DELAY,
                LIMIT_USERS,
                LOCAL_USER,
                USER_PATTERN,
                MIN_USER_ID,
                ALLOWED_SYSTEM_USERS,
                GROUP);
    }
}
