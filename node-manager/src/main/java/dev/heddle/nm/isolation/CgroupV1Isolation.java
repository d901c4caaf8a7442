package dev.heddle.nm.isolation;

import dev.heddle.nm.directories.FileOwner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.jspecify.annotations.Nullable;

/**
 * A cgroup of version 1 for each container: one directory, named by the container, below each controller that is used.
 * The freezer is used wherever there is one, so that what is being ended cannot start anything.
 */
final class CgroupV1Isolation implements Isolation {
    private static final int SHARES_PER_VCORE = 1_024;
    private static final int MAX_SHARES = 262_144;
    private static final int OPPORTUNISTIC_SHARES = 2;
    private static final int OPPORTUNISTIC_SWAPPINESS = 100;
    private static final long NO_QUOTA = -1;

    /** What the files say where there is no limit: the largest number of whole pages. */
    private static final long UNLIMITED_BYTES = Long.MAX_VALUE / 2;

    private static final String LIMIT = "memory.limit_in_bytes";
    private static final String QUOTA = "cpu.cfs_quota_us";

    private final CgroupTerms terms;

    /** The cgroup above the containers' for each controller in use; some may be one and the same. */
    private final Map<String, Path> parents = new LinkedHashMap<>();

    private final @Nullable ExclusiveCores cores;

    /**
     * Makes the cgroup above the containers'.
     *
     * @param mounts must have the controllers that {@link #needed} names
     * @throws IOException if the kernel refuses that
     */
    CgroupV1Isolation(CgroupTerms terms, CgroupMounts mounts) throws IOException {
        this.terms = terms;
        Set<String> used = new LinkedHashSet<>(needed(terms));
        used.addAll(List.of("freezer", "cpuacct"));
        for (String controller : used) {
            Path mount = mounts.version1().get(controller);
            if (mount != null) {
                Path parent = mount.resolve(terms.hierarchy());
                Files.createDirectories(parent);
                parents.put(controller, parent);
            }
        }
        Path cpu = parents.get("cpu");
        CgroupTerms.Cpu all = terms.cpu();
        if (cpu != null && all != null) {
            quota(cpu, all.isCapped() ? CgroupTerms.Cpu.quotaUs(all.cores()) : NO_QUOTA);
        }
        Path cpuset = parents.get("cpuset");
        this.cores = cpuset == null ? null : new ExclusiveCores(cpuset);
    }

    /** The controllers without which the terms cannot be kept. */
    static Set<String> needed(CgroupTerms terms) {
        Set<String> needed = new LinkedHashSet<>();
        if (terms.memory() != null) {
            needed.add("memory");
        }
        if (terms.cpu() != null) {
            needed.add("cpu");
        }
        if (terms.maxProcesses() > 0) {
            needed.add("pids");
        }
        if (terms.ioWeight() > 0) {
            needed.add("blkio");
        }
        if (terms.exclusiveCores()) {
            needed.add("cpuset");
        }
        return needed;
    }

    @Override
    public String description() {
        return "cgroup v1 " + terms.hierarchy() + " with " + String.join(", ", parents.keySet());
    }

    @Override
    public List<String> prepare(ContainerId container, String user, Allocation allocation) throws IOException {
        try {
            Set<Path> places = places(container);
            for (Path place : places) {
                Files.createDirectories(place);
            }
            limit(container, allocation);
            List<Path> entered = new ArrayList<>(places);
            if (cores != null) {
                entered.add(cores.assign(container, wholeCores(allocation)));
            }
            return CgroupFiles.enter(entered);
        } catch (IOException e) {
            undo(container);
            throw e;
        }
    }

    private void undo(ContainerId container) {
        try {
            remove(container);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The container's own cgroups; that of its cores is not always its own. */
    private Set<Path> places(ContainerId container) {
        Set<Path> places = new LinkedHashSet<>();
        parents.forEach((controller, parent) -> {
            if (!controller.equals("cpuset")) {
                places.add(parent.resolve(container.toString()));
            }
        });
        return places;
    }

    private @Nullable Path place(String controller, ContainerId container) {
        Path parent = parents.get(controller);
        return parent == null ? null : parent.resolve(container.toString());
    }

    private int wholeCores(Allocation allocation) {
        CgroupTerms.Cpu cpu = terms.cpu();
        return cpu == null || !allocation.guaranteed() ? 0 : (int) cpu.coresOf(allocation);
    }

    private void limit(ContainerId container, Allocation allocation) throws IOException {
        CgroupTerms.Memory memory = terms.memory();
        Path memoryPlace = place("memory", container);
        if (memory != null && memoryPlace != null && memory.enforced()) {
            CgroupFiles.write(memoryPlace, LIMIT, allocation.memoryBytes());
            CgroupFiles.write(memoryPlace, "memory.soft_limit_in_bytes", memory.softLimitBytes(allocation));
            CgroupFiles.write(
                    memoryPlace,
                    "memory.swappiness",
                    allocation.guaranteed() ? memory.swappiness() : OPPORTUNISTIC_SWAPPINESS);
        }
        CgroupTerms.Cpu cpu = terms.cpu();
        Path cpuPlace = place("cpu", container);
        if (cpu != null && cpuPlace != null) {
            int shares = allocation.guaranteed()
                    ? Math.min(MAX_SHARES, allocation.vcores() * SHARES_PER_VCORE)
                    : OPPORTUNISTIC_SHARES;
            CgroupFiles.write(cpuPlace, "cpu.shares", shares);
            if (cpu.strict()) {
                quota(cpuPlace, CgroupTerms.Cpu.quotaUs(cpu.coresOf(allocation)));
            }
        }
        Path pidsPlace = place("pids", container);
        if (pidsPlace != null) {
            CgroupFiles.write(pidsPlace, "pids.max", terms.maxProcesses());
        }
        Path ioPlace = place("blkio", container);
        if (ioPlace != null) {
            // The name depends on the scheduler of the disks that the kernel was built with.
            String file = CgroupFiles.has(ioPlace, "blkio.bfq.weight") ? "blkio.bfq.weight" : "blkio.weight";
            CgroupFiles.write(ioPlace, file, terms.ioWeight());
        }
    }

    private static void quota(Path cgroup, long quotaUs) throws IOException {
        CgroupFiles.write(cgroup, "cpu.cfs_period_us", CgroupTerms.Cpu.PERIOD_US);
        CgroupFiles.write(cgroup, QUOTA, quotaUs);
    }

    @Override
    public void update(ContainerId container, Allocation allocation) throws IOException {
        limit(container, allocation);
        if (cores != null) {
            cores.change(container, wholeCores(allocation));
        }
    }

    @Override
    public boolean enforcesMemory() {
        CgroupTerms.Memory memory = terms.memory();
        return memory != null && memory.enforced();
    }

    @Override
    public Account account(ContainerId container) {
        if (anyPlace(container) == null) {
            return Account.NOTHING;
        }
        Path memory = place("memory", container);
        Path cpu = place("cpuacct", container);
        Path pids = place("pids", container);
        long limit = memory == null ? Long.MAX_VALUE : CgroupFiles.number(memory, LIMIT, Long.MAX_VALUE);
        return new Account(
                memory == null ? 0 : CgroupFiles.number(memory, "memory.usage_in_bytes", 0),
                memory == null ? 0 : CgroupFiles.number(memory, "memory.max_usage_in_bytes", 0),
                limit > UNLIMITED_BYTES ? Long.MAX_VALUE : limit,
                memory == null
                        ? 0
                        : CgroupFiles.counters(memory, "memory.oom_control").getOrDefault("oom_kill", 0L),
                cpu == null ? 0 : CgroupFiles.number(cpu, "cpuacct.usage", 0),
                pids == null ? 0 : CgroupFiles.number(pids, "pids.current", 0),
                pids == null ? 0 : CgroupFiles.counters(pids, "pids.events").getOrDefault("max", 0L));
    }

    /** The one whose list of processes is read, or null where the container has none (any more). */
    private @Nullable Path anyPlace(ContainerId container) {
        Path frozen = place("freezer", container);
        if (frozen != null && Files.isDirectory(frozen)) {
            return frozen;
        }
        for (Path place : places(container)) {
            if (Files.isDirectory(place)) {
                return place;
            }
        }
        return null;
    }

    @Override
    public List<Long> processes(ContainerId container) {
        Path place = anyPlace(container);
        return place == null ? List.of() : CgroupFiles.processes(place);
    }

    @Override
    public boolean kill(ContainerId container, long leader) throws InterruptedException {
        freeze(container, "FROZEN");
        try {
            processes(container).forEach(KillRounds::kill);
        } finally {
            // Only now the signals arrive.
            freeze(container, "THAWED");
        }
        return KillRounds.run(() -> processes(container));
    }

    private void freeze(ContainerId container, String state) {
        Path place = place("freezer", container);
        if (place != null && Files.isDirectory(place)) {
            try {
                CgroupFiles.write(place, "freezer.state", state);
            } catch (IOException e) {
                // It has gone meanwhile, or the rounds have to do without.
                return;
            }
        }
    }

    @Override
    public void remove(ContainerId container) throws InterruptedException {
        for (Path place : places(container)) {
            CgroupFiles.remove(place, terms.removal());
        }
        if (cores != null) {
            cores.release(container, terms.removal());
        }
    }

    @Override
    public @Nullable FileOwner owner(String user) {
        return null;
    }
}
