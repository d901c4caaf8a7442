package dev.heddle.rm.model.constraint;

import java.util.Locale;

/** How far from a container others count as its neighbours. */
public enum Scope {
    NODE,
    RACK;

    /** As YARN's constraints name it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
