package dev.heddle.nm.isolation;

import dev.heddle.nm.directories.FileOwner;
import dev.heddle.nm.procfs.ContainerMarks;
import dev.heddle.nm.procfs.ProcessEntry;
import dev.heddle.nm.procfs.ProcessTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.jspecify.annotations.Nullable;

/**
 * No more than what every system has: a container is its session, what its processes have started, and what carries its
 * id in the environment. Nothing is limited by the kernel, and a process that wants to get away can: it would have to
 * leave its session and clear its environment.
 */
final class ProcessTreeIsolation implements Isolation {
    private final ProcessTable table = new ProcessTable();
    private final ContainerMarks marks;
    private @Nullable Look last;

    /**
     * The machine's processes.
     *
     * @param sinceNanos when it was begun to list them
     * @param marked the container of each that has left its session, as far as its environment tells
     */
    private record Look(long sinceNanos, List<ProcessEntry> entries, Map<Long, String> marked) {}

    /** @param localRoots this node manager's local directories, which its containers know */
    ProcessTreeIsolation(List<Path> localRoots) {
        this.marks = new ContainerMarks(table, localRoots);
    }

    @Override
    public String description() {
        return "process trees: limits are watched, not enforced by the kernel";
    }

    @Override
    public List<String> prepare(ContainerId container, String user, Allocation allocation) {
        return List.of();
    }

    @Override
    public void update(ContainerId container, Allocation allocation) {
        // The kernel knows of no limit.
    }

    @Override
    public boolean enforcesMemory() {
        return false;
    }

    @Override
    public Account account(ContainerId container) {
        return Account.NOTHING;
    }

    @Override
    public @Nullable List<Long> processes(ContainerId container) {
        return null;
    }

    @Override
    public boolean kill(ContainerId container, long leader) throws InterruptedException {
        return KillRounds.run(() -> members(container.toString(), leader));
    }

    private List<Long> members(String container, long leader) {
        Look look = look(System.nanoTime());
        Set<Long> members = new HashSet<>();
        for (ProcessEntry entry : look.entries()) {
            // The leader itself by its number: it may not have got as far as leading.
            if (entry.pid() == leader
                    || entry.session() == leader
                    || entry.group() == leader
                    || container.equals(look.marked().get(entry.pid()))) {
                members.add(entry.pid());
            }
        }
        // What these have started, however far down.
        boolean grown = !members.isEmpty();
        while (grown) {
            grown = false;
            for (ProcessEntry entry : look.entries()) {
                grown |= members.contains(entry.parent()) && members.add(entry.pid());
            }
        }
        members.remove(ProcessHandle.current().pid());
        return List.copyOf(members);
    }

    /** A look that was begun later than a time. Those who wait for the same one share it: many containers may end at once. */
    private synchronized Look look(long notBeforeNanos) {
        Look known = last;
        if (known != null && known.sinceNanos() - notBeforeNanos >= 0) {
            return known;
        }
        long nowNanos = System.nanoTime();
        try {
            List<ProcessEntry> entries = table.read();
            Look fresh = new Look(nowNanos, entries, marked(entries));
            last = fresh;
            return fresh;
        } catch (IOException e) {
            throw new UncheckedIOException("the machine's processes cannot be listed", e);
        }
    }

    /** Only who heads a session, or whose head is gone, may have left another: few, so that few environments are read. */
    private Map<Long, String> marked(List<ProcessEntry> entries) {
        Set<Long> pids = entries.stream().map(ProcessEntry::pid).collect(Collectors.toSet());
        Map<Long, String> marked = new HashMap<>();
        for (ProcessEntry entry : entries) {
            if (entry.pid() == entry.session() || !pids.contains(entry.session())) {
                marked.put(entry.pid(), marks.of(entry.pid()));
            }
        }
        return marked;
    }

    @Override
    public void remove(ContainerId container) {
        // Nothing was made.
    }

    @Override
    public @Nullable FileOwner owner(String user) {
        return null;
    }
}
