package dev.heddle.common.resources;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongBinaryOperator;

/**
 * Amounts of the kinds of resources beyond memory and cores. Immutable. Nearly always there are none, for which there is one
 * value, {@link #NONE}; an amount of zero is the same as none. Those who sum up share the list of kinds.
 */
public final class FurtherKinds implements Comparable<FurtherKinds> {
    public static final FurtherKinds NONE = new FurtherKinds(new ResourceKind[0], new long[0]);

    /** In their order, each once; never changed. */
    private final ResourceKind[] kinds;

    /** Of each kind; all positive, never changed. */
    private final long[] amounts;

    private FurtherKinds(ResourceKind[] kinds, long[] amounts) {
        this.kinds = kinds;
        this.amounts = amounts;
    }

    /** One kind. */
    public static FurtherKinds of(ResourceKind kind, long amount) {
        return of(Map.of(kind, amount));
    }

    /**
     * Several kinds.
     *
     * @param amounts not negative
     */
    public static FurtherKinds of(Map<ResourceKind, Long> amounts) {
        TreeMap<ResourceKind, Long> sorted = new TreeMap<>(amounts);
        return canonical(
                sorted.keySet().toArray(new ResourceKind[0]),
                sorted.values().stream().mapToLong(Long::longValue).toArray());
    }

    private static FurtherKinds canonical(ResourceKind[] kinds, long[] amounts) {
        int positive = 0;
        for (int i = 0; i < kinds.length; i++) {
            if (amounts[i] < 0) {
                throw new IllegalArgumentException("negative resource: " + kinds[i].print(amounts[i]));
            }
            if (amounts[i] > 0) {
                positive++;
            }
        }
        if (positive == 0) {
            return NONE;
        }
        if (positive == kinds.length) {
            return new FurtherKinds(kinds, amounts);
        }
        ResourceKind[] keptKinds = new ResourceKind[positive];
        long[] keptAmounts = new long[positive];
        int kept = 0;
        for (int i = 0; i < kinds.length; i++) {
            if (amounts[i] > 0) {
                keptKinds[kept] = kinds[i];
                keptAmounts[kept++] = amounts[i];
            }
        }
        return new FurtherKinds(keptKinds, keptAmounts);
    }

    public boolean isEmpty() {
        return kinds.length == 0;
    }

    /** How many kinds there is something of. */
    public int size() {
        return kinds.length;
    }

    /** One of the kinds, from 0 to {@link #size}, in their order. */
    public ResourceKind kind(int index) {
        return kinds[index];
    }

    /** How much there is of {@link #kind}. */
    public long amount(int index) {
        return amounts[index];
    }

    /** How much there is of a kind, 0 where there is none. */
    public long amount(ResourceKind kind) {
        int index = indexOf(kinds, kind);
        return index < 0 ? 0 : amounts[index];
    }

    private static int indexOf(ResourceKind[] kinds, ResourceKind kind) {
        for (int i = 0; i < kinds.length; i++) {
            if (kinds[i].equals(kind)) {
                return i;
            }
        }
        return -1;
    }

    public boolean fitsIn(FurtherKinds room) {
        for (int i = 0; i < kinds.length; i++) {
            if (amounts[i] > room.amount(kinds[i])) {
                return false;
            }
        }
        return true;
    }

    /** Kind by kind; zero stands for what there is nothing of. */
    FurtherKinds with(FurtherKinds other, LongBinaryOperator operator) {
        if (isEmpty() && other.isEmpty()) {
            return NONE;
        }
        ResourceKind[] all = union(kinds, other.kinds);
        long[] results = new long[all.length];
        for (int i = 0; i < all.length; i++) {
            results[i] = operator.applyAsLong(amount(all[i]), other.amount(all[i]));
        }
        return canonical(all, results);
    }

    /** One of the two, where that has all kinds of the other, so that sums do not carry lists of their own. */
    private static ResourceKind[] union(ResourceKind[] one, ResourceKind[] other) {
        int missing = 0;
        for (ResourceKind kind : other) {
            if (indexOf(one, kind) < 0) {
                missing++;
            }
        }
        if (missing == 0) {
            return one;
        }
        if (one.length + missing == other.length) {
            return other;
        }
        ResourceKind[] all = Arrays.copyOf(one, one.length + missing);
        int at = one.length;
        for (ResourceKind kind : other) {
            if (indexOf(one, kind) < 0) {
                all[at++] = kind;
            }
        }
        Arrays.sort(all);
        return all;
    }

    FurtherKinds map(Resource.Change change) {
        if (isEmpty()) {
            return NONE;
        }
        long[] results = new long[amounts.length];
        for (int i = 0; i < amounts.length; i++) {
            results[i] = change.of(kinds[i], amounts[i]);
        }
        return canonical(kinds, results);
    }

    @Override
    public int compareTo(FurtherKinds other) {
        int common = Math.min(kinds.length, other.kinds.length);
        for (int i = 0; i < common; i++) {
            int order = kinds[i].compareTo(other.kinds[i]);
            if (order == 0) {
                order = Long.compare(amounts[i], other.amounts[i]);
            }
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(kinds.length, other.kinds.length);
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof FurtherKinds further
                        && Arrays.equals(amounts, further.amounts)
                        && (kinds == further.kinds || Arrays.equals(kinds, further.kinds)));
    }

    @Override
    public int hashCode() {
        return isEmpty() ? 0 : 31 * Arrays.hashCode(kinds) + Arrays.hashCode(amounts);
    }

    /** As people read it: {@code 2 yarn.io/gpu, 200 Gi disk}; empty where there is none. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < kinds.length; i++) {
            text.append(i == 0 ? "" : ", ").append(kinds[i].print(amounts[i]));
        }
        return text.toString();
    }
}
