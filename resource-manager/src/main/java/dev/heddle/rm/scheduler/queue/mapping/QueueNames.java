package dev.heddle.rm.scheduler.queue.mapping;

import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The queues of a plan by their paths and, where it is one queue's alone, by their last parts. Immutable. */
final class QueueNames {
    private final Map<String, QueueSpec> byPath;
    private final Map<String, List<QueueSpec>> byName = new HashMap<>();

    QueueNames(QueuePlan plan) {
        byPath = plan.byPath();
        byPath.values().forEach(queue -> byName.computeIfAbsent(queue.name(), name -> new ArrayList<>())
                .add(queue));
    }

    @Nullable
    QueueSpec find(String name) {
        QueueSpec exact = byPath.get(name);
        if (exact != null) {
            return exact;
        }
        List<QueueSpec> named = byName.getOrDefault(name, List.of());
        return named.size() == 1 ? named.get(0) : null;
    }

    boolean isAmbiguous(String name) {
        return !byPath.containsKey(name) && byName.getOrDefault(name, List.of()).size() > 1;
    }

    /** The queue of a path that may begin with the last part of another path; null where there is none. */
    @Nullable
    QueueSpec findPath(String path) {
        int dot = path.indexOf('.');
        if (dot < 0) {
            return find(path);
        }
        QueueSpec first = find(path.substring(0, dot));
        return first == null ? null : byPath.get(first.path() + path.substring(dot));
    }
}
