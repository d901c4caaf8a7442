package dev.heddle.bench.nm;

import java.util.Locale;

/** Whose node manager. */
enum Kind {
    HADOOP,
    HEDDLE;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
