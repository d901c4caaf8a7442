package dev.heddle.bench.rpc;

import org.jspecify.annotations.Nullable;

/**
 * Calls since the connections were opened.
 *
 * @param errors answers that were not as expected, and connections that broke
 * @param firstError what the first of them was
 */
record LoadCounts(long sent, long answered, long errors, @Nullable String firstError) {
    static final LoadCounts NONE = new LoadCounts(0, 0, 0, null);

    LoadCounts plus(LoadCounts other) {
        return new LoadCounts(
                sent + other.sent,
                answered + other.answered,
                errors + other.errors,
                firstError == null ? other.firstError : firstError);
    }
}
