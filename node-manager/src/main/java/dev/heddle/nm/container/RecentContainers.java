package dev.heddle.nm.container;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.yarn.api.records.ContainerId;

/** Remembers containers until a time, a limited number of them: the oldest goes first. Not for several threads. */
final class RecentContainers {
    private final int limit;
    private final Map<ContainerId, Instant> until = new LinkedHashMap<>();

    RecentContainers(int limit) {
        this.limit = limit;
    }

    void add(ContainerId id, Instant end, Instant now) {
        var oldest = until.entrySet().iterator();
        while (oldest.hasNext()) {
            boolean over = oldest.next().getValue().isBefore(now);
            if (!over && until.size() < limit) {
                break;
            }
            oldest.remove();
        }
        until.put(id, end);
    }

    boolean contains(ContainerId id, Instant now) {
        Instant end = until.get(id);
        return end != null && !end.isBefore(now);
    }
}
