package dev.heddle.rm.scheduler.queue;

import dev.heddle.common.resources.Resource;
import java.util.ArrayList;
import java.util.List;

/**
 * What a queue has of the nodes with one label, in amounts: YARN's effective minimum and maximum.
 *
 * @param guaranteed what it gets back when it wants it
 * @param maximum what it never exceeds
 * @param absolute the guaranteed part of the partition, from 0 to 1, as configured
 * @param absoluteMaximum the same for the maximum
 */
public record Bounds(Resource guaranteed, Resource maximum, double absolute, double absoluteMaximum) {
    /** What a queue has that may not use a label. */
    public static final Bounds NOTHING = new Bounds(Resource.NONE, Resource.NONE, 0, 0);

    /** The bounds of the root, which has everything. */
    public static Bounds root(Resource total) {
        return new Bounds(total, total, 1, 1);
    }

    /**
     * What the children of a queue have of it.
     *
     * @param specs of the children, in any order; null for one that may not use the label
     * @param total the capacity of the nodes with the label
     */
    public static List<Bounds> children(Bounds parent, List<QueueSpec> specs, String label, Resource total) {
        Resource absolutes = Resource.NONE;
        double weights = 0;
        for (QueueSpec spec : specs) {
            QueueSpec.Partition partition = spec.partition(label);
            if (partition != null && partition.guaranteed() instanceof Capacity.Absolute absolute) {
                absolutes = absolutes.plus(absolute.value());
            } else if (partition != null && partition.guaranteed() instanceof Capacity.Weight weight) {
                weights += weight.value();
            }
        }
        List<Bounds> bounds = new ArrayList<>(specs.size());
        for (QueueSpec spec : specs) {
            QueueSpec.Partition partition = spec.partition(label);
            bounds.add(partition == null ? NOTHING : of(parent, partition, new Siblings(absolutes, weights), total));
        }
        return bounds;
    }

    /** What all children of a queue are promised together. */
    private record Siblings(Resource absolutes, double weights) {}

    private static Bounds of(Bounds parent, QueueSpec.Partition partition, Siblings siblings, Resource total) {
        Resource maximum = maximum(parent, partition.maximum());
        double absoluteMaximum = partition.maximum() instanceof Capacity.Percent percent
                ? parent.absoluteMaximum * percent.value() / 100
                : part(maximum, total);
        if (partition.guaranteed() instanceof Capacity.Percent percent) {
            double part = percent.value() / 100;
            return new Bounds(
                    times(parent.guaranteed, part).min(maximum), maximum, parent.absolute * part, absoluteMaximum);
        }
        if (partition.guaranteed() instanceof Capacity.Weight weight) {
            double part = siblings.weights == 0 ? 0 : weight.value() / siblings.weights;
            return new Bounds(
                    times(parent.guaranteed, part).min(maximum), maximum, parent.absolute * part, absoluteMaximum);
        }
        Resource wanted = ((Capacity.Absolute) partition.guaranteed()).value();
        Resource guaranteed =
                scaled(wanted, siblings.absolutes, parent.guaranteed).min(maximum);
        return new Bounds(guaranteed, maximum, part(guaranteed, total), absoluteMaximum);
    }

    private static Resource maximum(Bounds parent, Capacity maximum) {
        if (maximum instanceof Capacity.Percent percent) {
            return times(parent.maximum, percent.value() / 100);
        }
        if (maximum instanceof Capacity.Absolute absolute) {
            return absolute.value().min(parent.maximum);
        }
        return parent.maximum;
    }

    /** Where all together want more than there is, each gets its part of that, kind by kind. */
    private static Resource scaled(Resource wanted, Resource all, Resource room) {
        return wanted.map((kind, amount) -> scaled(amount, all.amount(kind), room.amount(kind)));
    }

    private static long scaled(long wanted, long all, long room) {
        return all <= room ? wanted : (long) ((double) wanted * room / all);
    }

    /** A part of an amount, each kind rounded down. A hair is added, so that 0.1 of 10 is 1. */
    static Resource times(Resource amount, double factor) {
        return amount.map((kind, whole) -> (long) (whole * factor + 1e-6));
    }

    private static double part(Resource amount, Resource total) {
        return total.memoryMb() == 0 ? 0 : (double) amount.memoryMb() / total.memoryMb();
    }
}
