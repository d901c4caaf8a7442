package dev.heddle.bench.rm;

import java.util.Locale;

/** Whose resource manager. */
enum Kind {
    HADOOP,
    HEDDLE;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
