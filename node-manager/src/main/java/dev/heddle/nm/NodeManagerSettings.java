package dev.heddle.nm;

import dev.heddle.common.UserException;
import dev.heddle.common.config.Setting;
import dev.heddle.nm.descriptors.DescriptorSettings;
import dev.heddle.nm.isolation.IsolationSettings;
import dev.heddle.nm.launch.NodeEnvironment;
import dev.heddle.nm.services.ServiceSettings;
import dev.heddle.nm.watch.WatchSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** Every setting that the node manager reads itself, all by YARN's keys. Addresses of resource managers come on top. */
public final class NodeManagerSettings {
    public static final Setting<String> ADDRESS = Setting.text(
            YarnConfiguration.NM_ADDRESS,
            "${yarn.nodemanager.hostname}:0",
            "Where application masters reach this node; port 0 takes a free one.");
    public static final Setting<String> HOSTNAME = Setting.text(
            "yarn.nodemanager.hostname", "0.0.0.0", "The host of this node's addresses; 0.0.0.0 asks the system.");
    public static final Setting<String> BIND_HOST = Setting.text(
            YarnConfiguration.NM_BIND_HOST,
            "",
            "The address that is listened on, where it is not the one that others use.");
    public static final Setting<String> LOCAL_DIRS = Setting.text(
            YarnConfiguration.NM_LOCAL_DIRS,
            "${hadoop.tmp.dir}/nm-local-dir",
            "Directories for files and containers, separated by commas, best one on each disk.");
    public static final Setting<String> LOG_DIRS = Setting.text(
            YarnConfiguration.NM_LOG_DIRS,
            "${yarn.log.dir}/userlogs",
            "Directories for the logs of containers, separated by commas. Where nothing else sets yarn.log.dir, it is"
                    + " YARN_LOG_DIR, HADOOP_LOG_DIR or else ${hadoop.tmp.dir}/logs.");
    public static final Setting<Integer> MEMORY = Setting.integer(
            YarnConfiguration.NM_PMEM_MB,
            -1,
            -1,
            Integer.MAX_VALUE,
            "MB",
            "Memory for containers; -1 stands for 8192, or for what the machine has if hardware is detected.");
    /** Begins the keys that say how much the node has of a kind that {@code yarn.resource-types} names. */
    public static final String RESOURCE_KINDS = "yarn.nodemanager.resource-type.";

    public static final Setting<Integer> VCORES = Setting.integer(
            YarnConfiguration.NM_VCORES,
            -1,
            -1,
            Integer.MAX_VALUE,
            "",
            "Virtual cores for containers; -1 stands for 8, or for the machine's cores if hardware is detected.");
    public static final Setting<Boolean> DETECT_HARDWARE = Setting.bool(
            YarnConfiguration.NM_ENABLE_HARDWARE_CAPABILITY_DETECTION,
            false,
            "Whether memory and virtual cores that are -1 follow from the machine.");
    public static final Setting<Boolean> LOGICAL_PROCESSORS = Setting.bool(
            YarnConfiguration.NM_COUNT_LOGICAL_PROCESSORS_AS_CORES,
            YarnConfiguration.DEFAULT_NM_COUNT_LOGICAL_PROCESSORS_AS_CORES,
            "If hardware is detected, whether each hardware thread counts as a core.");
    public static final Setting<Double> VCORES_PER_CORE = Setting.parsed(
            YarnConfiguration.NM_PCORES_VCORES_MULTIPLIER,
            (double) YarnConfiguration.DEFAULT_NM_PCORES_VCORES_MULTIPLIER,
            "",
            "number above 0",
            "If hardware is detected, how many virtual cores a core is worth.",
            NodeManagerSettings::positive);
    public static final Setting<Integer> RESERVED_MEMORY = Setting.integer(
            YarnConfiguration.NM_SYSTEM_RESERVED_PMEM_MB,
            -1,
            -1,
            Integer.MAX_VALUE,
            "MB",
            "Memory that is kept from containers if hardware is detected; -1 keeps a fifth.");
    public static final Setting<String> MINIMUM_RESOURCE_MANAGER = Setting.text(
            YarnConfiguration.NM_RESOURCEMANAGER_MINIMUM_VERSION,
            YarnConfiguration.DEFAULT_NM_RESOURCEMANAGER_MINIMUM_VERSION,
            "The oldest version of a resource manager that this node goes with; NONE for any, EqualToNM for the version"
                    + " of YARN that this node manager stands for.");
    public static final Setting<Long> KILL_DELAY = Setting.millis(
            YarnConfiguration.NM_SLEEP_DELAY_BEFORE_SIGKILL_MS,
            YarnConfiguration.DEFAULT_NM_SLEEP_DELAY_BEFORE_SIGKILL_MS,
            "How long a container may take to end after SIGTERM before it gets SIGKILL.");
    public static final Setting<String> ENVIRONMENT_WHITELIST = Setting.text(
            YarnConfiguration.NM_ENV_WHITELIST,
            YarnConfiguration.DEFAULT_NM_ENV_WHITELIST,
            "The node manager's own variables that containers inherit, separated by commas.");
    public static final Setting<String> ADMINISTRATOR_ENVIRONMENT = Setting.text(
            YarnConfiguration.NM_ADMIN_USER_ENV,
            YarnConfiguration.DEFAULT_NM_ADMIN_USER_ENV,
            "Variables that every container gets, as NAME=value separated by commas.");
    public static final Setting<String> USER_HOME = Setting.text(
            YarnConfiguration.NM_USER_HOME_DIR,
            YarnConfiguration.DEFAULT_NM_USER_HOME_DIR,
            "The value of HOME in containers.");
    public static final Setting<Integer> DIAGNOSTICS_SIZE = Setting.integer(
            YarnConfiguration.NM_CONTAINER_DIAGNOSTICS_MAXIMUM_SIZE,
            YarnConfiguration.DEFAULT_NM_CONTAINER_DIAGNOSTICS_MAXIMUM_SIZE,
            1_000,
            1_000_000,
            "characters",
            "How much is kept of what there is to say about one container.");
    public static final Setting<Integer> STDERR_TAIL = Setting.integer(
            YarnConfiguration.NM_CONTAINER_STDERR_BYTES,
            (int) YarnConfiguration.DEFAULT_NM_CONTAINER_STDERR_BYTES,
            0,
            1_000_000,
            "bytes",
            "How much of the end of its error files is told of a container that failed.");
    public static final Setting<Long> STOPPED_MEMORY = Setting.millis(
            "yarn.nodemanager.duration-to-track-stopped-containers",
            600_000,
            "How long a container that has ended is remembered as such.");

    public static final Setting<Long> RETRY_MINIMUM_INTERVAL = Setting.millis(
            YarnConfiguration.NM_CONTAINER_RETRY_MINIMUM_INTERVAL_MS,
            YarnConfiguration.DEFAULT_NM_CONTAINER_RETRY_MINIMUM_INTERVAL_MS,
            "The least pause before a container that has failed is started again, where its application asks for that.");
    public static final Setting<Boolean> RECOVERY_ENABLED = Setting.bool(
            YarnConfiguration.NM_RECOVERY_ENABLED,
            YarnConfiguration.DEFAULT_NM_RECOVERY_ENABLED,
            "Whether containers outlive a node manager that is killed or fails, and the next one on this machine takes"
                    + " them over.");
    public static final Setting<Boolean> RECOVERY_SUPERVISED = Setting.bool(
            YarnConfiguration.NM_RECOVERY_SUPERVISED,
            YarnConfiguration.DEFAULT_NM_RECOVERY_SUPERVISED,
            "Whether they also outlive one that is stopped, because somebody will start it again.");
    public static final Setting<String> RECOVERY_DIR = Setting.text(
            YarnConfiguration.NM_RECOVERY_DIR,
            "${hadoop.tmp.dir}/yarn-nm-recovery",
            "Where a node manager keeps what the next one must know, keys of the resource manager included; a directory"
                    + " on a disk that outlives the process.");

    public static final Setting<String> KEYTAB = Setting.text(
            YarnConfiguration.NM_KEYTAB, "/etc/krb5.keytab", "The keytab of the node manager, with Kerberos.");
    public static final Setting<String> PRINCIPAL = Setting.text(
            YarnConfiguration.NM_PRINCIPAL,
            "",
            "The principal of the node manager, with Kerberos; _HOST in it stands for the host.");

    /** Commands of stock applications begin with it, so that containers get it even where this daemon has none set. */
    private static final String JAVA_HOME = "JAVA_HOME";

    private NodeManagerSettings() {}

    private static Double positive(String text) {
        double value = Double.parseDouble(text);
        if (!(value > 0 && value < Integer.MAX_VALUE)) {
            throw new IllegalArgumentException(text);
        }
        return value;
    }

    /** What a setting lists, separated by commas. */
    static List<String> list(Configuration configuration, Setting<String> setting) {
        return Arrays.stream(setting.get(configuration).split(",", -1))
                .map(String::trim)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /**
     * The directories that a setting names.
     *
     * @throws UserException if it names none, or one that cannot be
     */
    static List<Path> directories(Configuration configuration, Setting<String> setting) {
        List<Path> directories = new ArrayList<>();
        for (String name : list(configuration, setting)) {
            if (name.contains("${")) {
                throw new UserException(setting.key() + " is '" + name
                        + "', which refers to a property that is not set: name a directory");
            }
            try {
                Path path = name.startsWith("file:") ? Path.of(URI.create(name)) : Path.of(name);
                directories.add(path.toAbsolutePath().normalize());
            } catch (IllegalArgumentException e) {
                throw new UserException(setting.key() + " is '" + name + "', which is no directory's name", e);
            }
        }
        if (directories.isEmpty()) {
            throw new UserException(setting.key() + " is empty: name at least one directory");
        }
        return directories;
    }

    /** What of this node's containers see in their environment. */
    static NodeEnvironment environment(
            Configuration configuration, NodeId nodeId, int httpPort, Map<String, String> services) {
        Map<String, String> whitelisted = new HashMap<>();
        for (String name : list(configuration, ENVIRONMENT_WHITELIST)) {
            String value = name.equals(JAVA_HOME)
                    ? System.getenv().getOrDefault(JAVA_HOME, System.getProperty("java.home"))
                    : System.getenv(name);
            if (value != null) {
                whitelisted.put(name, value);
            }
        }
        return new NodeEnvironment(
                nodeId.getHost(),
                nodeId.getPort(),
                httpPort,
                Map.copyOf(whitelisted),
                ADMINISTRATOR_ENVIRONMENT.get(configuration),
                USER_HOME.get(configuration),
                services);
    }

    /** In the order of the reference page. */
    public static List<Setting<?>> all() {
        return Stream.of(
                        own(),
                        LocalizationSettings.all(),
                        HealthSettings.all(),
                        IsolationSettings.all(),
                        WatchSettings.all(),
                        LogSettings.all(),
                        WebSettings.all(),
                        ServiceSettings.all(),
                        DescriptorSettings.all())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Setting<?>> own() {
        return List.of(
                ADDRESS,
                HOSTNAME,
                BIND_HOST,
                LOCAL_DIRS,
                LOG_DIRS,
                MEMORY,
                VCORES,
                DETECT_HARDWARE,
                LOGICAL_PROCESSORS,
                VCORES_PER_CORE,
                RESERVED_MEMORY,
                MINIMUM_RESOURCE_MANAGER,
                KILL_DELAY,
                ENVIRONMENT_WHITELIST,
                ADMINISTRATOR_ENVIRONMENT,
                USER_HOME,
                DIAGNOSTICS_SIZE,
                STDERR_TAIL,
                STOPPED_MEMORY,
                RETRY_MINIMUM_INTERVAL,
                RECOVERY_ENABLED,
                RECOVERY_SUPERVISED,
                RECOVERY_DIR,
                KEYTAB,
                PRINCIPAL);
    }
}
