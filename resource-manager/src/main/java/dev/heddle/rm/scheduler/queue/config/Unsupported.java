package dev.heddle.rm.scheduler.queue.config;

import java.util.List;

/** Keys of YARN's for queues that have no effect here and are told of by name. */
final class Unsupported {
    /** Queues come by themselves. */
    static final List<String> CREATION = List.of("auto-create-child-queue.enabled", "auto-queue-creation-v2.enabled");

    /** Parts of a queue can be reserved. */
    static final String RESERVABLE = "reservable";

    /** Begin the keys that belong to the two above. */
    private static final List<String> BELONGING = List.of(
            "auto-create-child-queue.",
            "auto-queue-creation-v2.",
            "leaf-queue-template.",
            "reservation-",
            "show-reservations-as-queues",
            "average-capacity",
            "instantaneous-max-capacity");

    private Unsupported() {}

    /** Whether a key with this behind a queue's path has been told of where the queue's name was read. */
    static boolean isToldOf(String afterPath) {
        return CREATION.contains(afterPath) || afterPath.equals(RESERVABLE);
    }

    /** Whether a key with this behind a queue's path says more of what is not there. */
    static boolean belongs(String afterPath) {
        return BELONGING.stream().anyMatch(afterPath::startsWith);
    }
}
