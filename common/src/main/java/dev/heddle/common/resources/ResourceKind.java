package dev.heddle.common.resources;

import java.util.Comparator;

/**
 * A kind of resource, such as memory, cores or GPUs.
 *
 * @param name as it is declared, such as {@code yarn.io/gpu}
 * @param unit in which it is counted, as {@link Unit} writes it; empty for single pieces
 */
public record ResourceKind(String name, String unit) implements Comparable<ResourceKind> {
    public static final ResourceKind MEMORY = new ResourceKind("memory-mb", "Mi");
    public static final ResourceKind VCORES = new ResourceKind("vcores", "");

    private static final Comparator<ResourceKind> ORDER =
            Comparator.comparing(ResourceKind::name).thenComparing(ResourceKind::unit);

    /** Counted in single pieces. */
    public static ResourceKind pieces(String name) {
        return new ResourceKind(name, "");
    }

    /** An amount of it, as people read it: {@code 2 yarn.io/gpu}, {@code 200 Gi disk}. */
    public String print(long amount) {
        if (equals(MEMORY)) {
            return amount + " MB";
        }
        if (equals(VCORES)) {
            return amount + (amount == 1 ? " vcore" : " vcores");
        }
        return amount + " " + (unit.isEmpty() ? "" : unit + " ") + name;
    }

    @Override
    public int compareTo(ResourceKind other) {
        return this == other ? 0 : ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return unit.isEmpty() ? name : name + " in " + unit;
    }
}
