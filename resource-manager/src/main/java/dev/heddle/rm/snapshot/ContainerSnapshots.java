package dev.heddle.rm.snapshot;

import dev.heddle.rm.event.ContainerEvent;
import dev.heddle.rm.event.Event;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/** Pictures of containers: of each that holds room, and of the latest of each attempt that have ended. */
final class ContainerSnapshots {
    private final int endedPerAttempt;
    private final Map<AttemptId, OfAttempt> attempts = new ConcurrentHashMap<>();

    /** The containers of one attempt. Only the core's thread changes them. */
    private static final class OfAttempt {
        final Map<ContainerId, ContainerSnapshot> live = new ConcurrentHashMap<>();
        final ConcurrentLinkedDeque<ContainerSnapshot> ended = new ConcurrentLinkedDeque<>();
        int endedCount;
    }

    ContainerSnapshots(int endedPerAttempt) {
        this.endedPerAttempt = endedPerAttempt;
    }

    /** Takes an event in, if it is about a container. */
    void take(ClusterState state, Event event) {
        if (event instanceof ContainerEvent.ContainerGranted granted) {
            granted(state, granted);
        } else if (event instanceof ContainerEvent.ContainerEnded ended) {
            ended(ended);
        }
    }

    private void granted(ClusterState state, ContainerEvent.ContainerGranted granted) {
        Node node = state.node(granted.node());
        ContainerId id = granted.container();
        attempts.computeIfAbsent(id.attempt(), attempt -> new OfAttempt())
                .live
                .put(
                        id,
                        new ContainerSnapshot(
                                id,
                                granted.node(),
                                node == null ? 0 : node.httpPort(),
                                granted.resource(),
                                granted.key().priority(),
                                granted.atMs(),
                                null));
    }

    private void ended(ContainerEvent.ContainerEnded event) {
        ContainerId id = event.exit().container();
        OfAttempt attempt = attempts.get(id.attempt());
        ContainerSnapshot live = attempt == null ? null : attempt.live.get(id);
        if (attempt == null || live == null) {
            return;
        }
        if (endedPerAttempt > 0) {
            if (attempt.endedCount == endedPerAttempt) {
                attempt.ended.removeFirst();
            } else {
                attempt.endedCount++;
            }
            attempt.ended.addLast(live.ended(event.exit(), event.atMs()));
        }
        // Last, so that no reader misses it in both places.
        attempt.live.remove(id);
    }

    void forget(AttemptId attempt) {
        attempts.remove(attempt);
    }

    @Nullable
    ContainerSnapshot container(ContainerId id) {
        OfAttempt attempt = attempts.get(id.attempt());
        if (attempt == null) {
            return null;
        }
        ContainerSnapshot live = attempt.live.get(id);
        if (live != null) {
            return live;
        }
        for (ContainerSnapshot ended : attempt.ended) {
            if (ended.id().equals(id)) {
                return ended;
            }
        }
        return null;
    }

    /** In the order of their ids; each once. */
    List<ContainerSnapshot> containers(AttemptId id) {
        OfAttempt attempt = attempts.get(id);
        if (attempt == null) {
            return List.of();
        }
        Map<ContainerId, ContainerSnapshot> all = new HashMap<>(attempt.live);
        // One that has ended meanwhile is in both places: the end is newer.
        attempt.ended.forEach(ended -> all.put(ended.id(), ended));
        List<ContainerSnapshot> sorted = new ArrayList<>(all.values());
        sorted.sort(Comparator.comparingLong(container -> container.id().number()));
        return sorted;
    }
}
