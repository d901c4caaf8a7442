package dev.heddle.rm.wire;

import dev.heddle.rm.scheduler.explain.Waiting;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** What an application waits for, as people read it. */
final class Reasons {
    private static final String CONTAINERS = " containers of ";

    private Reasons() {}

    /** One line for each thing. */
    static String text(List<Waiting> waiting) {
        return waiting.stream().map(Reasons::line).collect(Collectors.joining("\n"));
    }

    private static String line(Waiting waiting) {
        String what = waiting.key() == null
                ? "Waits to begin"
                : "Waits for " + (waiting.count() == 1 ? "a container of " : waiting.count() + CONTAINERS)
                        + waiting.size();
        return what + " since " + Instant.ofEpochMilli(waiting.sinceMs()) + ": "
                + waiting.obstacle().sentence() + ".";
    }
}
