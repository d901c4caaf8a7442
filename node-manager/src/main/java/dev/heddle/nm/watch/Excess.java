package dev.heddle.nm.watch;

/**
 * Why a container has to be ended. Immutable.
 *
 * @param diagnosis for people: which limit, what was asked for and used, by which processes, and what to set
 */
public record Excess(Kind kind, String diagnosis) {
    /** Which limit it has gone over. */
    public enum Kind {
        PHYSICAL_MEMORY,
        VIRTUAL_MEMORY,
        LOGS
    }
}
