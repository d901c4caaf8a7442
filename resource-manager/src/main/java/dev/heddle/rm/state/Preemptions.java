package dev.heddle.rm.state;

import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The containers whose masters have been, or will be, told that they may lose them, and those that are on their way out.
 * Changed by {@link ClusterState} alone.
 */
public final class Preemptions {
    private final Map<ContainerId, Long> notices = new LinkedHashMap<>();
    private final Map<AttemptId, List<ContainerId>> untold = new HashMap<>();
    private final Set<Container> stopping = new LinkedHashSet<>();
    private List<String> observed = List.of();

    /** Since when it has been so that a container is to go, in ms since 1970, the first to be noticed first. */
    public Map<ContainerId, Long> notices() {
        return Collections.unmodifiableMap(notices);
    }

    /** What the master of an attempt has not been told yet that it may lose. */
    public List<ContainerId> untold(AttemptId attempt) {
        return untold.isEmpty() ? List.of() : List.copyOf(untold.getOrDefault(attempt, List.of()));
    }

    /** The containers that hold room until their nodes say that they have ended, whatever it was that ended them. */
    public Collection<Container> stopping() {
        return Collections.unmodifiableCollection(stopping);
    }

    /** What would have been taken when that was looked at last, in sentences; nothing where it is not only looked at. */
    public List<String> observed() {
        return observed;
    }

    void observe(List<String> sentences) {
        observed = List.copyOf(sentences);
    }

    void notice(ContainerId container, AttemptId holder, long atMs) {
        notices.put(container, atMs);
        announce(container, holder);
    }

    /** The master is to be told that a container may go. */
    void announce(ContainerId container, AttemptId holder) {
        List<ContainerId> unsaid = untold.computeIfAbsent(holder, attempt -> new ArrayList<>());
        if (!unsaid.contains(container)) {
            unsaid.add(container);
        }
    }

    void withdraw(ContainerId container, AttemptId holder) {
        notices.remove(container);
        List<ContainerId> unsaid = untold.isEmpty() ? null : untold.get(holder);
        if (unsaid != null && unsaid.remove(container) && unsaid.isEmpty()) {
            untold.remove(holder);
        }
    }

    void told(AttemptId attempt) {
        untold.remove(attempt);
    }

    /** Another attempt has these containers from now on. */
    void passOn(Collection<ContainerId> containers, AttemptId from, AttemptId to) {
        List<ContainerId> unsaid = untold.remove(from);
        if (unsaid != null) {
            List<ContainerId> passed = new ArrayList<>(unsaid);
            passed.retainAll(containers);
            untold.computeIfAbsent(to, attempt -> new ArrayList<>()).addAll(passed);
        }
    }

    void stops(Container container, AttemptId holder) {
        stopping.add(container);
        withdraw(container.id(), holder);
    }

    void ended(Container container, AttemptId holder) {
        stopping.remove(container);
        withdraw(container.id(), holder);
    }
}
