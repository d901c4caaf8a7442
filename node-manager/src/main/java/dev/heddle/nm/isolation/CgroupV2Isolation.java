package dev.heddle.nm.isolation;

import dev.heddle.nm.directories.FileOwner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.jspecify.annotations.Nullable;

/** A cgroup of version 2 for each container: one directory, named by the container. */
final class CgroupV2Isolation implements Isolation {
    private static final int WEIGHT_PER_VCORE = 100;
    private static final int MAX_WEIGHT = 10_000;
    private static final int OPPORTUNISTIC_WEIGHT = 1;
    private static final int MIN_V1_IO_WEIGHT = 10;
    private static final int MAX_V1_IO_WEIGHT = 1_000;
    private static final long NANOS_PER_MICRO = 1_000;
    private static final String CONTROLLERS_BELOW = "cgroup.subtree_control";
    private static final String CPU_LIMIT = "cpu.max";
    private static final String MEMORY_LIMIT = "memory.max";

    private final CgroupTerms terms;
    private final Path parent;

    /**
     * Makes the cgroup above the containers'.
     *
     * @param root must have the controllers that {@link #needed} names
     * @throws IOException if the kernel refuses that
     */
    CgroupV2Isolation(CgroupTerms terms, Path root) throws IOException {
        this.terms = terms;
        this.parent = root.resolve(terms.hierarchy());
        Files.createDirectories(parent);
        Path above = root;
        delegate(above);
        for (Path step : Path.of(terms.hierarchy())) {
            above = above.resolve(step);
            delegate(above);
        }
        CgroupTerms.Cpu cpu = terms.cpu();
        if (cpu != null) {
            String quota = cpu.isCapped() ? Long.toString(CgroupTerms.Cpu.quotaUs(cpu.cores())) : "max";
            CgroupFiles.write(parent, CPU_LIMIT, quota + " " + CgroupTerms.Cpu.PERIOD_US);
        }
    }

    /** Lets the cgroups in this one be limited. */
    private void delegate(Path cgroup) throws IOException {
        Set<String> missing = new LinkedHashSet<>(needed(terms));
        missing.removeAll(List.of(CgroupFiles.text(cgroup, CONTROLLERS_BELOW).split(" ", -1)));
        for (String controller : missing) {
            CgroupFiles.write(cgroup, CONTROLLERS_BELOW, "+" + controller);
        }
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
            needed.add("io");
        }
        return needed;
    }

    @Override
    public String description() {
        return "cgroup v2 " + terms.hierarchy() + " with " + String.join(", ", needed(terms));
    }

    private Path place(ContainerId container) {
        return parent.resolve(container.toString());
    }

    @Override
    public List<String> prepare(ContainerId container, String user, Allocation allocation) throws IOException {
        Path place = place(container);
        try {
            Files.createDirectories(place);
            limit(place, allocation);
            return CgroupFiles.enter(List.of(place));
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

    private void limit(Path place, Allocation allocation) throws IOException {
        CgroupTerms.Memory memory = terms.memory();
        if (memory != null && memory.enforced()) {
            CgroupFiles.write(place, MEMORY_LIMIT, allocation.memoryBytes());
            CgroupFiles.write(place, "memory.low", memory.softLimitBytes(allocation));
            if (memory.swappiness() == 0 && CgroupFiles.has(place, "memory.swap.max")) {
                CgroupFiles.write(place, "memory.swap.max", 0);
            }
        }
        CgroupTerms.Cpu cpu = terms.cpu();
        if (cpu != null) {
            int weight = allocation.guaranteed()
                    ? Math.min(MAX_WEIGHT, allocation.vcores() * WEIGHT_PER_VCORE)
                    : OPPORTUNISTIC_WEIGHT;
            CgroupFiles.write(place, "cpu.weight", weight);
            if (cpu.strict()) {
                CgroupFiles.write(
                        place,
                        CPU_LIMIT,
                        CgroupTerms.Cpu.quotaUs(cpu.coresOf(allocation)) + " " + CgroupTerms.Cpu.PERIOD_US);
            }
        }
        if (terms.maxProcesses() > 0) {
            CgroupFiles.write(place, "pids.max", terms.maxProcesses());
        }
        if (terms.ioWeight() > 0) {
            boolean bfq = !CgroupFiles.has(place, "io.weight") && CgroupFiles.has(place, "io.bfq.weight");
            CgroupFiles.write(
                    place,
                    bfq ? "io.bfq.weight" : "io.weight",
                    "default " + (bfq ? terms.ioWeight() : ioWeight(terms.ioWeight())));
        }
    }

    /** From version 1's scale to version 2's, as container runtimes convert it. */
    static int ioWeight(int version1) {
        return 1 + (version1 - MIN_V1_IO_WEIGHT) * (MAX_WEIGHT - 1) / (MAX_V1_IO_WEIGHT - MIN_V1_IO_WEIGHT);
    }

    @Override
    public void update(ContainerId container, Allocation allocation) throws IOException {
        limit(place(container), allocation);
    }

    @Override
    public boolean enforcesMemory() {
        CgroupTerms.Memory memory = terms.memory();
        return memory != null && memory.enforced();
    }

    @Override
    public Account account(ContainerId container) {
        Path place = place(container);
        if (!Files.isDirectory(place)) {
            return Account.NOTHING;
        }
        Map<String, Long> memoryEvents = CgroupFiles.counters(place, "memory.events");
        return new Account(
                CgroupFiles.number(place, "memory.current", 0),
                CgroupFiles.number(place, "memory.peak", 0),
                CgroupFiles.number(place, MEMORY_LIMIT, Long.MAX_VALUE),
                memoryEvents.getOrDefault("oom_kill", 0L),
                CgroupFiles.counters(place, "cpu.stat").getOrDefault("usage_usec", 0L) * NANOS_PER_MICRO,
                CgroupFiles.number(place, "pids.current", 0),
                CgroupFiles.counters(place, "pids.events").getOrDefault("max", 0L));
    }

    @Override
    public List<Long> processes(ContainerId container) {
        return CgroupFiles.processes(place(container));
    }

    @Override
    public boolean kill(ContainerId container, long leader) throws InterruptedException {
        Path place = place(container);
        if (CgroupFiles.has(place, "cgroup.kill")) {
            try {
                CgroupFiles.write(place, "cgroup.kill", 1);
            } catch (IOException e) {
                // It has gone meanwhile, or the rounds have to do without.
                return KillRounds.run(() -> processes(container));
            }
        }
        return KillRounds.run(() -> processes(container));
    }

    @Override
    public void remove(ContainerId container) throws InterruptedException {
        CgroupFiles.remove(place(container), terms.removal());
    }

    @Override
    public @Nullable FileOwner owner(String user) {
        return null;
    }
}
