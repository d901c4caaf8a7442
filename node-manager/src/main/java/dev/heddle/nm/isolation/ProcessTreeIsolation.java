package dev.heddle.nm.isolation;

import dev.heddle.nm.directories.FileOwner;
import dev.heddle.nm.procfs.ProcessEntry;
import dev.heddle.nm.procfs.ProcessTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.yarn.api.ApplicationConstants.Environment;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.jspecify.annotations.Nullable;

/**
 * No more than what every system has: a container is its session, what its processes have started, and what carries its
 * id in the environment. Nothing is limited by the kernel, and a process that wants to get away can: it would have to
 * leave its session and clear its environment.
 */
final class ProcessTreeIsolation implements Isolation {
    private final ProcessTable table = new ProcessTable();

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
        List<ProcessEntry> all;
        try {
            all = table.read();
        } catch (IOException e) {
            throw new UncheckedIOException("the processes of " + container + " cannot be listed", e);
        }
        Set<Long> pids = all.stream().map(ProcessEntry::pid).collect(Collectors.toSet());
        Set<Long> members = new HashSet<>();
        for (ProcessEntry entry : all) {
            if (entry.session() == leader || entry.group() == leader || hasLeft(entry, pids, container)) {
                members.add(entry.pid());
            }
        }
        // What these have started, however far down.
        boolean grown = !members.isEmpty();
        while (grown) {
            grown = false;
            for (ProcessEntry entry : all) {
                grown |= members.contains(entry.parent()) && members.add(entry.pid());
            }
        }
        members.remove(ProcessHandle.current().pid());
        return List.copyOf(members);
    }

    /** Only who heads a session, or whose head is gone, may have left another: few, so that few environments are read. */
    private boolean hasLeft(ProcessEntry entry, Set<Long> pids, String container) {
        return (entry.pid() == entry.session() || !pids.contains(entry.session()))
                && table.hasVariable(entry.pid(), Environment.CONTAINER_ID.key(), container);
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
