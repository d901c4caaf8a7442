package dev.heddle.nm.isolation;

import dev.heddle.common.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses how containers are isolated, by what the configuration asks for and what the machine can do. What is asked for
 * and cannot be had is refused; what is only wished for and cannot be had is said in the log.
 */
public final class Isolations {
    private static final Logger log = LoggerFactory.getLogger(Isolations.class);

    private static final Allocation SMALL = new Allocation(64, 1, true);

    private Isolations() {}

    /**
     * Chooses, and tries out what was chosen. Blocks for some milliseconds.
     *
     * @param vcores that the node offers
     * @param localRoots its local directories
     * @throws UserException if what is asked for cannot be had; the message says what is missing
     */
    public static Isolation choose(Configuration configuration, int vcores, List<Path> localRoots) {
        Isolation isolation = limits(configuration, vcores, localRoots);
        if (IsolationSettings.EXECUTOR.get(configuration) == ExecutorChoice.LINUX) {
            isolation = withUsers(isolation, configuration);
        }
        log.info("containers are isolated by {}", isolation.description());
        return isolation;
    }

    private static Isolation limits(Configuration configuration, int vcores, List<Path> localRoots) {
        IsolationChoice choice = IsolationSettings.ISOLATION.get(configuration);
        boolean everything = choice != IsolationChoice.CONFIGURED;
        boolean asked = IsolationSettings.MEMORY.get(configuration)
                || IsolationSettings.CPU.get(configuration)
                || IsolationSettings.DISK.get(configuration);
        return switch (choice) {
            case PROCESS -> new ProcessTreeIsolation(localRoots);
            case CONFIGURED ->
                asked
                        ? cgroups(configuration, terms(configuration, vcores, everything), true, true)
                        : new ProcessTreeIsolation(localRoots);
            case AUTO -> {
                try {
                    yield cgroups(configuration, terms(configuration, vcores, everything), true, true);
                } catch (UserException e) {
                    log.warn("containers are not limited by the kernel: {}", e.getMessage());
                    yield new ProcessTreeIsolation(localRoots);
                }
            }
            case CGROUP -> cgroups(configuration, terms(configuration, vcores, everything), true, true);
            case CGROUP_V1 -> cgroups(configuration, terms(configuration, vcores, everything), true, false);
            case CGROUP_V2 -> cgroups(configuration, terms(configuration, vcores, everything), false, true);
        };
    }

    private static CgroupTerms terms(Configuration configuration, int vcores, boolean everything) {
        int machineCores = Runtime.getRuntime().availableProcessors();
        CgroupTerms.Memory memory = new CgroupTerms.Memory(
                IsolationSettings.MEMORY_ENFORCED.get(configuration),
                IsolationSettings.SWAPPINESS.get(configuration),
                IsolationSettings.SOFT_LIMIT.get(configuration));
        CgroupTerms.Cpu cpu = new CgroupTerms.Cpu(
                IsolationSettings.STRICT_CPU.get(configuration),
                machineCores,
                machineCores * IsolationSettings.CPU_PERCENT.get(configuration) / 100.0,
                vcores);
        boolean withCpu = everything || IsolationSettings.CPU.get(configuration);
        boolean exclusive = IsolationSettings.EXCLUSIVE_CORES.get(configuration);
        if (exclusive && !withCpu) {
            throw new UserException(
                    IsolationSettings.EXCLUSIVE_CORES.key() + " is true, which needs CPU time by cgroups: set "
                            + IsolationSettings.CPU.key() + " to true as well");
        }
        return new CgroupTerms(
                hierarchy(configuration),
                everything || IsolationSettings.MEMORY.get(configuration) ? memory : null,
                withCpu ? cpu : null,
                IsolationSettings.MAX_PROCESSES.get(configuration),
                IsolationSettings.DISK.get(configuration) ? IsolationSettings.IO_WEIGHT.get(configuration) : 0,
                exclusive,
                new CgroupTerms.Removal(
                        IsolationSettings.DELETE_TIMEOUT.get(configuration),
                        IsolationSettings.DELETE_DELAY.get(configuration)));
    }

    private static String hierarchy(Configuration configuration) {
        String text = IsolationSettings.HIERARCHY.get(configuration).replaceAll("^/+|/+$", "");
        boolean usable = !text.isEmpty()
                && Stream.of(text.split("/", -1))
                        .noneMatch(step -> Set.of("", ".", "..").contains(step));
        if (!usable) {
            throw new UserException(IsolationSettings.HIERARCHY.key() + " is '"
                    + IsolationSettings.HIERARCHY.get(configuration)
                    + "', which is no path below the root of a controller: name one such as "
                    + IsolationSettings.HIERARCHY.defaultValue());
        }
        return text;
    }

    private static Isolation cgroups(Configuration configuration, CgroupTerms terms, boolean v1, boolean v2) {
        if (IsolationSettings.MOUNT.get(configuration)) {
            throw new UserException(IsolationSettings.MOUNT.key()
                    + " is true, but this node manager mounts nothing: mount the controllers before it starts, and set it"
                    + " to false");
        }
        CgroupMounts mounts = mounts(configuration);
        boolean onlyV2 = IsolationSettings.V2.get(configuration);
        String why = "";
        if (v2) {
            String missing = missingV2(terms, mounts);
            if (missing.isEmpty()) {
                return tried(terms, mounts, true);
            }
            why = missing;
        }
        if (v1 && !onlyV2) {
            CgroupTerms possible = withoutPids(terms, mounts);
            String missing = missingV1(possible, mounts);
            if (missing.isEmpty()) {
                return tried(possible, mounts, false);
            }
            why += (why.isEmpty() ? "" : ", and ") + missing;
        }
        throw new UserException("cgroups are asked for (" + askedBy(configuration) + "), but " + why
                + ": have the machine's administrator provide what is missing, or set "
                + IsolationSettings.ISOLATION.key() + " to " + IsolationChoice.PROCESS);
    }

    private static String askedBy(Configuration configuration) {
        IsolationChoice choice = IsolationSettings.ISOLATION.get(configuration);
        if (choice != IsolationChoice.CONFIGURED) {
            return IsolationSettings.ISOLATION.key() + " is " + choice;
        }
        return Stream.of(IsolationSettings.MEMORY, IsolationSettings.CPU, IsolationSettings.DISK)
                .filter(setting -> setting.get(configuration))
                .map(setting -> setting.key() + " is true")
                .collect(Collectors.joining(", "));
    }

    private static CgroupMounts mounts(Configuration configuration) {
        String version1 = IsolationSettings.MOUNT_PATH.get(configuration);
        String version2 = IsolationSettings.V2_MOUNT_PATH.get(configuration);
        if (version1.isEmpty() && version2.isEmpty()) {
            return CgroupMounts.ofMachine();
        }
        return CgroupMounts.at(
                version1.isEmpty() ? null : Path.of(version1), version2.isEmpty() ? null : Path.of(version2));
    }

    private static String missingV2(CgroupTerms terms, CgroupMounts mounts) {
        if (mounts.version2() == null) {
            return "this machine has no cgroup v2";
        }
        if (terms.exclusiveCores()) {
            return "exclusive cores are for cgroup v1 only";
        }
        Set<String> missing = new LinkedHashSet<>(CgroupV2Isolation.needed(terms));
        missing.removeAll(mounts.version2Controllers());
        return missing.isEmpty() ? "" : "cgroup v2 has no controller " + String.join(", ", missing);
    }

    private static String missingV1(CgroupTerms terms, CgroupMounts mounts) {
        Set<String> missing = new LinkedHashSet<>(CgroupV1Isolation.needed(terms));
        missing.removeAll(mounts.version1().keySet());
        return missing.isEmpty() ? "" : "cgroup v1 has no controller " + String.join(", ", missing);
    }

    /** A limit on processes that nobody has asked for by name is not worth refusing the node. */
    private static CgroupTerms withoutPids(CgroupTerms terms, CgroupMounts mounts) {
        if (terms.maxProcesses() == 0 || mounts.version1().containsKey("pids")) {
            return terms;
        }
        log.warn("the number of a container's processes is not limited: cgroup v1 has no controller pids");
        return new CgroupTerms(
                terms.hierarchy(),
                terms.memory(),
                terms.cpu(),
                0,
                terms.ioWeight(),
                terms.exclusiveCores(),
                terms.removal());
    }

    /** Makes and removes a cgroup as for a container, to find out at the start what the kernel refuses. */
    private static Isolation tried(CgroupTerms terms, CgroupMounts mounts, boolean v2) {
        Path root = mounts.version2();
        ContainerId trial = ContainerId.newContainerId(
                ApplicationAttemptId.newInstance(ApplicationId.newInstance(0, 0), 0),
                ProcessHandle.current().pid());
        try {
            Isolation isolation =
                    v2 && root != null ? new CgroupV2Isolation(terms, root) : new CgroupV1Isolation(terms, mounts);
            isolation.prepare(trial, "", SMALL);
            isolation.remove(trial);
            return isolation;
        } catch (IOException e) {
            throw new UserException(
                    "cgroups cannot be used: " + e.getMessage() + ". The node manager needs the right to write below "
                            + terms.hierarchy() + " (" + IsolationSettings.HIERARCHY.key()
                            + "): run it as root, give it that directory of each controller, or set "
                            + IsolationSettings.ISOLATION.key() + " to " + IsolationChoice.PROCESS,
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("interrupted at the start", e);
        }
    }

    private static Isolation withUsers(Isolation isolation, Configuration configuration) {
        boolean secure = UserGroupInformation.isSecurityEnabled();
        boolean one = !secure && IsolationSettings.LIMIT_USERS.get(configuration);
        if (!secure && !one) {
            log.warn(
                    "{} is false: containers run as whoever their application says, and nobody checks that",
                    IsolationSettings.LIMIT_USERS.key());
        }
        String localUser = IsolationSettings.LOCAL_USER.get(configuration);
        ContainerUsers users = new ContainerUsers(new ContainerUsers.Terms(
                one ? localUser : null,
                IsolationSettings.USER_PATTERN.get(configuration),
                IsolationSettings.MIN_USER_ID.get(configuration),
                Set.copyOf(List.of(IsolationSettings.ALLOWED_SYSTEM_USERS
                        .get(configuration)
                        .split(",", -1))),
                IsolationSettings.GROUP.get(configuration)));
        try {
            users.tryOut(localUser);
        } catch (IOException e) {
            throw new UserException(
                    IsolationSettings.EXECUTOR.key() + " is " + ExecutorChoice.LINUX + ", but " + e.getMessage(), e);
        }
        return new OtherUserIsolation(isolation, users);
    }
}
