package dev.heddle.nm.watch;

import dev.heddle.nm.isolation.Account;
import dev.heddle.nm.isolation.Allocation;
import dev.heddle.nm.isolation.Isolation;
import dev.heddle.nm.procfs.ContainerMarks;
import dev.heddle.nm.procfs.ProcessEntry;
import dev.heddle.nm.procfs.ProcessTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at what containers use, all of them in one pass over the machine's processes, and says who is over a limit. It
 * ends nothing itself.
 *
 * <p>Looks are taken by a thread of its own; whoever asks gets what the last one has seen. The sizes of logs are added up
 * elsewhere, as disks may be slow.
 */
public final class ContainerWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ContainerWatch.class);

    /** How many processes are asked for their files and disk use in one look. */
    private static final int MAX_DETAILED = 2_000;

    private static final int BYTES_PER_MB_SHIFT = 20;

    private final WatchTerms terms;
    private final Isolation isolation;
    private final Cores cores;
    private final Executor disks;
    private final Listener listener;
    private final ProcessTable table = new ProcessTable();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "container-watch");
        made.setDaemon(true);
        return made;
    });
    private final Map<ContainerId, WatchedContainer> watched = new ConcurrentHashMap<>();
    private final AtomicBoolean addingUpLogs = new AtomicBoolean();
    private volatile Map<ContainerId, ContainerUsage> usages = Map.of();
    private volatile NodeUtilization utilization = NodeUtilization.UNKNOWN;

    // These belong to the thread.
    private final ProcessOwners owners;
    private final Map<ContainerId, ContainerSampler> samplers = new HashMap<>();
    private @Nullable MachineSample lastMachine;

    /** Hears who is over a limit, by whichever thread has found that out. */
    public interface Listener {
        void exceeded(ContainerId container, Excess excess);
    }

    /**
     * The machine's cores.
     *
     * @param machine how many it has
     * @param vcoresPerCore virtual cores that the node offers for each core that is for containers
     */
    public record Cores(int machine, double vcoresPerCore) {}

    /**
     * Prepares to look.
     *
     * @param localRoots this node manager's local directories, which its containers know
     * @param disks where the sizes of logs are added up, one task at a time
     */
    public ContainerWatch(
            WatchTerms terms,
            Isolation isolation,
            Cores cores,
            List<Path> localRoots,
            Executor disks,
            Listener listener) {
        this.owners = new ProcessOwners(new ContainerMarks(table, localRoots));
        this.terms = terms;
        this.isolation = isolation;
        this.cores = cores;
        this.disks = disks;
        this.listener = listener;
    }

    /** Begins to look; once. */
    public void start() {
        if (terms.intervalMs() > 0) {
            ScheduledFuture<?> unused =
                    thread.scheduleWithFixedDelay(this::lookSafely, 0, terms.intervalMs(), TimeUnit.MILLISECONDS);
        }
        if (terms.logIntervalMs() > 0) {
            ScheduledFuture<?> unused = thread.scheduleWithFixedDelay(
                    this::lookAtLogs, terms.logIntervalMs(), terms.logIntervalMs(), TimeUnit.MILLISECONDS);
        }
    }

    /** From now on a container is looked at. */
    public void begin(WatchedContainer container) {
        watched.put(container.id(), container);
    }

    /** A container was granted something else. */
    public void change(ContainerId container, Allocation allocation) {
        watched.computeIfPresent(container, (id, before) -> before.with(allocation));
    }

    /** A container has ended: what it used when it was last looked at. */
    public ContainerUsage end(ContainerId container) {
        watched.remove(container);
        return usages.getOrDefault(container, ContainerUsage.NOTHING);
    }

    /** What each container used when it was last looked at. */
    public Map<ContainerId, ContainerUsage> usages() {
        return usages;
    }

    /** What the containers together and the machine used at the last look. */
    public NodeUtilization utilization() {
        return utilization;
    }

    private void lookSafely() {
        try {
            look();
        } catch (IOException | RuntimeException e) {
            log.warn("what containers use could not be seen this time", e);
        }
    }

    /** Takes one look. By one thread. */
    void look() throws IOException {
        Map<ContainerId, WatchedContainer> now = Map.copyOf(watched);
        samplers.keySet().retainAll(now.keySet());
        Map<ContainerId, ContainerUsage> seen = new HashMap<>();
        if (!now.isEmpty()) {
            int asked = 0;
            Map<ContainerId, List<ProcessEntry>> processes = processes(now);
            for (WatchedContainer container : now.values()) {
                List<ProcessEntry> own = processes.getOrDefault(container.id(), List.of());
                asked += own.size();
                seen.put(container.id(), look(container, own, asked <= MAX_DETAILED));
            }
        }
        usages = Map.copyOf(seen);
        MachineSample machine = MachineSample.take();
        utilization = new NodeUtilization(share(seen), share(machine));
        lastMachine = machine;
    }

    private ContainerUsage look(WatchedContainer container, List<ProcessEntry> own, boolean detailed) {
        ContainerSampler sampler = samplers.computeIfAbsent(container.id(), absent -> new ContainerSampler(table));
        Account account = isolation.account(container.id());
        ContainerUsage usage = sampler.look(own, account, container.allocation(), detailed, System.nanoTime());
        boolean physical = terms.physicalCheck() && !isolation.enforcesMemory();
        Excess.Kind kind = sampler.excess(container.allocation(), terms, physical);
        if (kind != null) {
            String diagnosis = kind == Excess.Kind.VIRTUAL_MEMORY
                    ? Diagnosis.virtual(container, usage, terms)
                    : Diagnosis.physical(container, usage, terms);
            listener.exceeded(container.id(), new Excess(kind, diagnosis));
        }
        return usage;
    }

    private Map<ContainerId, List<ProcessEntry>> processes(Map<ContainerId, WatchedContainer> now) throws IOException {
        List<ProcessEntry> entries = table.read();
        Map<Long, ContainerId> owner = byCgroup(now);
        if (owner == null) {
            Map<Long, ContainerId> leaders = new HashMap<>();
            now.values().forEach(container -> leaders.put(container.leader(), container.id()));
            owner = owners.assign(entries, leaders);
        }
        Map<ContainerId, List<ProcessEntry>> processes = new HashMap<>();
        for (ProcessEntry entry : entries) {
            ContainerId container = owner.get(entry.pid());
            if (container != null) {
                processes
                        .computeIfAbsent(container, absent -> new ArrayList<>())
                        .add(entry);
            }
        }
        return processes;
    }

    private @Nullable Map<Long, ContainerId> byCgroup(Map<ContainerId, WatchedContainer> now) {
        Map<Long, ContainerId> owner = new HashMap<>();
        for (ContainerId container : now.keySet()) {
            List<Long> pids = isolation.processes(container);
            if (pids == null) {
                return null;
            }
            pids.forEach(pid -> owner.put(pid, container));
        }
        return owner;
    }

    private NodeUtilization.Share share(Map<ContainerId, ContainerUsage> seen) {
        long resident = 0;
        long virtual = 0;
        double used = 0;
        for (ContainerUsage usage : seen.values()) {
            resident += usage.residentBytes();
            virtual += usage.virtualBytes();
            used += usage.cores();
        }
        return new NodeUtilization.Share(
                (int) (resident >> BYTES_PER_MB_SHIFT),
                (int) Math.min(Integer.MAX_VALUE, virtual >> BYTES_PER_MB_SHIFT),
                used * cores.vcoresPerCore());
    }

    private NodeUtilization.Share share(MachineSample machine) {
        MachineSample before = lastMachine;
        return new NodeUtilization.Share(
                (int) machine.usedMb(),
                (int) machine.usedVirtualMb(),
                before == null ? 0 : machine.busySince(before) * cores.machine());
    }

    /** Has the sizes of all logs added up, unless that is still under way. */
    void lookAtLogs() {
        if (!addingUpLogs.compareAndSet(false, true)) {
            return;
        }
        try {
            disks.execute(() -> {
                try {
                    for (WatchedContainer container : watched.values()) {
                        LogSizes.check(container, terms).ifPresent(excess -> listener.exceeded(container.id(), excess));
                    }
                } finally {
                    addingUpLogs.set(false);
                }
            });
        } catch (RejectedExecutionException e) {
            addingUpLogs.set(false);
            log.debug("the sizes of logs are not added up: the node manager is too busy or stopping");
        }
    }

    /** Looks no more. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
