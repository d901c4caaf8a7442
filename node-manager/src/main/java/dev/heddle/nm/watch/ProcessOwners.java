package dev.heddle.nm.watch;

import dev.heddle.nm.procfs.ContainerMarks;
import dev.heddle.nm.procfs.ProcessEntry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.jspecify.annotations.Nullable;

/**
 * Tells whose container a process belongs to: by its session or group, by the process that started it, by what was known
 * of it at the last look, and by its environment. Owned by the watching thread.
 */
final class ProcessOwners {
    /** An environment is read when a process is first seen, and once more when it has had time to become its program. */
    private static final int MAX_READS = 2;

    /** Of all processes together in one look; the rest has its turn at the next. */
    private static final int MAX_READS_PER_LOOK = 500;

    private final ContainerMarks marks;
    private Map<Long, Known> known = new HashMap<>();
    private Map<Long, Suspect> suspects = new HashMap<>();

    private record Known(long startTicks, ContainerId container) {}

    private record Suspect(long startTicks, int reads) {}

    ProcessOwners(ContainerMarks marks) {
        this.marks = marks;
    }

    /**
     * Sorts processes out.
     *
     * @param leaders the first process of each container, which leads its session
     * @return the container of each process that has one
     */
    Map<Long, ContainerId> assign(List<ProcessEntry> entries, Map<Long, ContainerId> leaders) {
        Map<Long, ProcessEntry> byPid =
                entries.stream().collect(Collectors.toMap(ProcessEntry::pid, e -> e, (a, b) -> a));
        Map<String, ContainerId> names =
                leaders.values().stream().collect(Collectors.toMap(ContainerId::toString, id -> id, (a, b) -> a));
        Map<Long, ContainerId> owners = new HashMap<>();
        Map<Long, Suspect> suspected = new HashMap<>();
        int reads = 0;
        for (ProcessEntry entry : entries) {
            ContainerId owner = obvious(entry, leaders, names);
            if (owner == null && hasLeft(entry, byPid)) {
                Suspect before = suspects.get(entry.pid());
                int done = before == null || before.startTicks() != entry.startTicks() ? 0 : before.reads();
                if (done < MAX_READS && reads < MAX_READS_PER_LOOK) {
                    owner = names.get(marks.of(entry.pid()));
                    reads++;
                    done++;
                }
                suspected.put(entry.pid(), new Suspect(entry.startTicks(), done));
            }
            if (owner != null) {
                owners.put(entry.pid(), owner);
            }
        }
        inherit(entries, byPid, owners);
        known = new HashMap<>();
        owners.forEach((pid, owner) -> {
            ProcessEntry entry = byPid.get(pid);
            if (entry != null) {
                known.put(pid, new Known(entry.startTicks(), owner));
            }
        });
        suspects = suspected;
        return owners;
    }

    private @Nullable ContainerId obvious(
            ProcessEntry entry, Map<Long, ContainerId> leaders, Map<String, ContainerId> names) {
        ContainerId owner = leaders.get(entry.session());
        if (owner == null) {
            owner = leaders.get(entry.group());
        }
        Known before = known.get(entry.pid());
        if (owner == null
                && before != null
                && before.startTicks() == entry.startTicks()
                && names.containsKey(before.container().toString())) {
            owner = before.container();
        }
        return owner;
    }

    /** Only who heads a session, or whose head is gone, may have left another: few, so that few environments are read. */
    private static boolean hasLeft(ProcessEntry entry, Map<Long, ProcessEntry> byPid) {
        return entry.pid() == entry.session() || !byPid.containsKey(entry.session());
    }

    /** What a container's process has started is the container's. */
    private static void inherit(
            List<ProcessEntry> entries, Map<Long, ProcessEntry> byPid, Map<Long, ContainerId> owners) {
        for (ProcessEntry entry : entries) {
            Deque<Long> path = new ArrayDeque<>();
            ProcessEntry at = entry;
            while (at != null && !owners.containsKey(at.pid()) && path.size() < byPid.size()) {
                path.push(at.pid());
                at = byPid.get(at.parent());
            }
            ContainerId owner = at == null ? null : owners.get(at.pid());
            if (owner != null) {
                path.forEach(pid -> owners.put(pid, owner));
            }
        }
    }
}
