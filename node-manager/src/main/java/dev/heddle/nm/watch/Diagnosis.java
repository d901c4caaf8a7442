package dev.heddle.nm.watch;

import dev.heddle.nm.isolation.Account;
import dev.heddle.nm.isolation.Allocation;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.hadoop.util.StringUtils.TraditionalBinaryPrefix;
import org.apache.hadoop.yarn.api.records.ContainerId;

/**
 * Says in words which limit a container has gone over and what can be done. The first sentences are YARN's, which
 * applications look for: Spark takes the sizes out of them.
 */
public final class Diagnosis {
    private static final int BYTES_PER_MB_SHIFT = 20;
    private static final double HEADROOM = 1.25;
    private static final long STEP_MB = 256;

    private Diagnosis() {}

    static String physical(WatchedContainer container, ContainerUsage usage, WatchTerms terms) {
        long peakMb = mb(usage.peakResidentBytes());
        return beyond("PHYSICAL", usage.residentBytes() - container.allocation().memoryBytes(), container, usage, terms)
                + "It asked for " + container.allocation().memoryMb() + " MB and used " + peakMb
                + " MB at the peak, in " + usage.processes() + " processes.\n" + holders(usage)
                + more(container.allocation(), peakMb, usage);
    }

    static String virtual(WatchedContainer container, ContainerUsage usage, WatchTerms terms) {
        double needed = (double) usage.virtualBytes() / container.allocation().memoryBytes();
        return beyond(
                        "VIRTUAL",
                        usage.virtualBytes() - terms.virtualLimitBytes(container.allocation()),
                        container,
                        usage,
                        terms)
                + "It asked for " + container.allocation().memoryMb() + " MB of memory, which allows "
                + mb(terms.virtualLimitBytes(container.allocation())) + " MB of address space.\n" + holders(usage)
                + "Address space costs nothing: set " + WatchSettings.VIRTUAL_CHECK.key()
                + " to false on this node, or " + WatchSettings.VIRTUAL_RATIO.key() + " to at least "
                + String.format(Locale.ROOT, "%.1f", needed + 0.1) + ".";
    }

    private static String beyond(
            String kind, long beyondBytes, WatchedContainer container, ContainerUsage usage, WatchTerms terms) {
        return "Container [pid=" + container.leader() + ",containerID=" + container.id() + "] is running "
                + beyondBytes + "B beyond the '" + kind + "' memory limit. Current usage: "
                + size(usage.residentBytes()) + "B of "
                + size(container.allocation().memoryBytes()) + "B physical memory used; "
                + size(usage.virtualBytes()) + "B of " + size(terms.virtualLimitBytes(container.allocation()))
                + "B virtual memory used. Killing container.\n";
    }

    private static String size(long bytes) {
        return TraditionalBinaryPrefix.long2String(bytes, "", 1);
    }

    private static long mb(long bytes) {
        return bytes >> BYTES_PER_MB_SHIFT;
    }

    private static String holders(ContainerUsage usage) {
        if (usage.holders().isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder("Its largest processes:\n");
        for (ContainerUsage.Holder holder : usage.holders()) {
            text.append("\tpid ")
                    .append(holder.pid())
                    .append(", ")
                    .append(mb(holder.residentBytes()))
                    .append(" MB: ")
                    .append(holder.command())
                    .append('\n');
        }
        return text.toString();
    }

    private static String more(Allocation allocation, long usedMb, ContainerUsage usage) {
        long wantedMb = (long) Math.ceil(Math.max(usedMb, allocation.memoryMb()) * HEADROOM / STEP_MB) * STEP_MB;
        return "To let it run: " + Framework.of(usage).advice(wantedMb, wantedMb - allocation.memoryMb()) + ".";
    }

    /**
     * Explains that the kernel has ended processes of a container that was at its memory limit.
     *
     * @param usage when it was last looked at, which may have been long before
     */
    public static String outOfMemory(
            ContainerId container, Allocation allocation, Account account, ContainerUsage usage) {
        boolean limited = account.memoryLimitBytes() != Long.MAX_VALUE;
        return "Container " + container + " ran out of memory: the kernel has ended " + account.outOfMemoryKills()
                + " of its processes"
                + (limited
                        ? ", as it was at the limit of its cgroup, " + mb(account.memoryLimitBytes()) + " MB. "
                        : ". ")
                + "It asked for " + allocation.memoryMb() + " MB and used " + mb(account.peakMemoryBytes())
                + " MB at the peak, what it holds of files included.\n" + holders(usage)
                + more(allocation, allocation.memoryMb(), usage);
    }

    /** Explains that the kernel has refused a container processes or threads. */
    public static String refusedForks(ContainerId container, Account account, String setting) {
        return "Container " + container + " was at its limit of processes and threads: the kernel refused it "
                + account.refusedForks() + " times. Have it start fewer, or raise " + setting + " on this node.";
    }

    static String logDirectory(WatchedContainer container, Path directory, long bytes, WatchTerms terms) {
        return "Container [pid=" + container.leader() + ",containerID=" + container.id()
                + "] is logging beyond the container single log directory limit.\nLimit: "
                + terms.logDirectoryLimitBytes() + " Log Directory Size: " + bytes + " Log Directory: " + directory
                + "\nKilling container.\nHave it log less, or roll its logs; or raise "
                + WatchSettings.LOG_DIRECTORY_LIMIT.key() + " on this node.";
    }

    static String logTotal(WatchedContainer container, long bytes, WatchTerms terms) {
        return "Container [pid=" + container.leader() + ",containerID=" + container.id()
                + "] is logging beyond the container total log limit.\nLimit: " + terms.logTotalLimitBytes()
                + " Total Size: >=" + bytes + "\nKilling container.\nHave it log less, or roll its logs; or raise "
                + WatchSettings.LOG_TOTAL_LIMIT.key() + " on this node.";
    }
}
