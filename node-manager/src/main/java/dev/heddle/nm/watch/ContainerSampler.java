package dev.heddle.nm.watch;

import dev.heddle.nm.isolation.Account;
import dev.heddle.nm.isolation.Allocation;
import dev.heddle.nm.procfs.ProcessEntry;
import dev.heddle.nm.procfs.ProcessTable;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of one container from look to look. Owned by the watching thread. */
final class ContainerSampler {
    /** How many processes a diagnosis names. */
    private static final int MAX_HOLDERS = 8;

    /** From this part of its memory on it is noted who holds it, for the case that the kernel ends them. */
    private static final double SCARCE = 0.7;

    private static final long MILLIS_PER_SECOND = 1_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final ProcessTable table;
    private Map<Long, Long> startOfSeen = new HashMap<>();
    private ContainerUsage usage = ContainerUsage.NOTHING;
    private long agedResidentBytes;
    private long agedVirtualBytes;
    private long lastCpuNanos = -1;
    private long lastLookNanos;
    private boolean reported;

    ContainerSampler(ProcessTable table) {
        this.table = table;
    }

    /**
     * Takes a look.
     *
     * @param entries the container's processes
     * @param account what the kernel has counted
     * @param detailed whether each process is asked for its files and disk use, which takes longer
     */
    ContainerUsage look(
            List<ProcessEntry> entries, Account account, Allocation allocation, boolean detailed, long nowNanos) {
        long resident = 0;
        long virtual = 0;
        long ticks = 0;
        long read = 0;
        long written = 0;
        int files = 0;
        agedResidentBytes = 0;
        agedVirtualBytes = 0;
        Map<Long, Long> virtualOf = new HashMap<>();
        entries.forEach(entry -> virtualOf.put(entry.pid(), entry.virtualBytes()));
        Map<Long, Long> seen = new HashMap<>();
        for (ProcessEntry entry : entries) {
            ticks += entry.cpuTicks();
            seen.put(entry.pid(), entry.startTicks());
            Long start = startOfSeen.get(entry.pid());
            boolean aged = start != null && start == entry.startTicks();
            if (aged) {
                agedResidentBytes += entry.residentBytes();
                agedVirtualBytes += entry.virtualBytes();
            }
            if (aged || !isCopy(entry, virtualOf)) {
                resident += entry.residentBytes();
                virtual += entry.virtualBytes();
            }
            if (detailed) {
                ProcessTable.DiskBytes bytes = table.diskBytes(entry.pid());
                read += bytes.read();
                written += bytes.written();
                files += table.openFiles(entry.pid());
            }
        }
        startOfSeen = seen;
        long cpuNanos = account.cpuNanos() > 0
                ? account.cpuNanos()
                : ticks * MILLIS_PER_SECOND / table.ticksPerSecond() * NANOS_PER_MILLI;
        double cores = lastCpuNanos < 0 || nowNanos <= lastLookNanos
                ? 0
                : Math.max(0, (double) (cpuNanos - lastCpuNanos) / (nowNanos - lastLookNanos));
        lastCpuNanos = cpuNanos;
        lastLookNanos = nowNanos;
        boolean scarce = Math.max(resident, account.memoryBytes()) > SCARCE * allocation.memoryBytes();
        usage = new ContainerUsage(
                resident,
                virtual,
                Math.max(resident, usage.peakResidentBytes()),
                cores,
                cpuNanos / NANOS_PER_MILLI,
                read,
                written,
                files,
                entries.size(),
                scarce ? holders(entries) : usage.holders());
        return usage;
    }

    /** Whether a process is on its way to become another program, and has nothing yet but its parent's memory. */
    private static boolean isCopy(ProcessEntry entry, Map<Long, Long> virtualOf) {
        Long parents = virtualOf.get(entry.parent());
        return parents != null && parents == entry.virtualBytes();
    }

    private List<ContainerUsage.Holder> holders(List<ProcessEntry> entries) {
        return entries.stream()
                .sorted(Comparator.comparingLong(ProcessEntry::residentBytes).reversed())
                .limit(MAX_HOLDERS)
                .map(entry -> {
                    List<String> words = table.command(entry.pid());
                    String command = words.isEmpty() ? entry.name() : CommandLine.shown(words);
                    return new ContainerUsage.Holder(entry.pid(), entry.residentBytes(), command, Framework.of(words));
                })
                .toList();
    }

    /**
     * Which limit of memory the container is over, if it has not been reported yet. As in YARN, twice the limit is too much
     * at once, and anything more than the limit if processes hold it that were there at the look before.
     *
     * @param physical whether memory is checked
     */
    Excess.@Nullable Kind excess(Allocation allocation, WatchTerms terms, boolean physical) {
        if (reported) {
            return null;
        }
        if (terms.virtualCheck()
                && isOver(usage.virtualBytes(), agedVirtualBytes, terms.virtualLimitBytes(allocation))) {
            reported = true;
            return Excess.Kind.VIRTUAL_MEMORY;
        }
        if (physical && isOver(usage.residentBytes(), agedResidentBytes, allocation.memoryBytes())) {
            reported = true;
            return Excess.Kind.PHYSICAL_MEMORY;
        }
        return null;
    }

    private static boolean isOver(long bytes, long agedBytes, long limitBytes) {
        return bytes > 2 * limitBytes || agedBytes > limitBytes;
    }
}
