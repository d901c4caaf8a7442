package dev.heddle.rm.scheduler.queue;

import dev.heddle.common.resources.FurtherKinds;
import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    /** Added before rounding down, so that 0.1 of 10 is 1. */
    private static final double HAIR = 1e-6;

    private static final double PERCENT = 100;

    /**
     * The bounds of the root, which has everything and may be kept from using it all.
     *
     * @param partition what is configured for it; null where nothing is
     * @param total the capacity of the nodes with the label
     */
    public static Bounds root(QueueSpec.@Nullable Partition partition, Resource total) {
        if (partition == null) {
            return new Bounds(total, total, 1, 1);
        }
        Child root = new Child(partition);
        root.limit(ResourceKind.MEMORY, total.memoryMb());
        root.limit(ResourceKind.VCORES, total.vcores());
        for (int i = 0; i < total.further().size(); i++) {
            root.limit(total.further().kind(i), total.further().amount(i));
        }
        return new Bounds(total, root.maximum, 1, Child.ofPartition(root.maximum, total));
    }

    /**
     * What the children of a queue have of it, kind by kind: first those that are promised amounts, scaled down where there
     * is less, then percentages of what is left, then the weights' parts of the rest (YARN's
     * {@code ResourceCalculationDriver}). Where all are of the same form, that is simply their part of the parent's.
     *
     * @param specs of the children, in any order; null for one that may not use the label
     * @param total the capacity of the nodes with the label
     */
    public static List<Bounds> children(Bounds parent, List<QueueSpec> specs, String label, Resource total) {
        List<Child> children = new ArrayList<>(specs.size());
        for (QueueSpec spec : specs) {
            children.add(new Child(spec.partition(label)));
        }
        divide(ResourceKind.MEMORY, parent, children);
        divide(ResourceKind.VCORES, parent, children);
        FurtherKinds further = parent.maximum.further();
        for (int i = 0; i < further.size(); i++) {
            divide(further.kind(i), parent, children);
        }
        double weights = 0;
        boolean uniform = true;
        for (Child child : children) {
            weights += child.partition != null && child.partition.guaranteed() instanceof Capacity.Weight weight
                    ? weight.value()
                    : 0;
            uniform &= child.partition == null || !hasAmounts(child.partition.guaranteed());
        }
        List<Bounds> bounds = new ArrayList<>(children.size());
        for (Child child : children) {
            bounds.add(child.bounds(parent, new Siblings(uniform, weights), total));
        }
        return bounds;
    }

    /**
     * Those who share.
     *
     * @param uniform whether no one is promised an amount of anything, so that percentages and weights are of the whole
     */
    private record Siblings(boolean uniform, double weights) {}

    private static boolean hasAmounts(Capacity capacity) {
        return capacity instanceof Capacity.Absolute || capacity instanceof Capacity.Vector;
    }

    private static void divide(ResourceKind kind, Bounds parent, List<Child> children) {
        for (Child child : children) {
            child.limit(kind, parent.maximum.amount(kind));
        }
        long left = parent.guaranteed.amount(kind);
        for (Capacity.Form form : Capacity.Form.values()) {
            double sum = 0;
            for (Child child : children) {
                sum += child.value(kind, form);
            }
            long before = left;
            for (Child child : children) {
                double value = child.value(kind, form);
                double wanted =
                        switch (form) {
                            case AMOUNT -> sum <= before ? value : value * before / sum;
                            case PERCENT -> before * value / PERCENT;
                            case WEIGHT -> sum == 0 ? 0 : before * value / sum;
                        };
                left = Math.max(0, left - child.give(kind, form, (long) (wanted + HAIR)));
            }
        }
    }

    /** What one of them gets, as it is worked out. */
    private static final class Child {
        private final QueueSpec.@Nullable Partition partition;
        private Resource guaranteed = Resource.NONE;
        private Resource maximum = Resource.NONE;

        Child(QueueSpec.@Nullable Partition partition) {
            this.partition = partition;
        }

        void limit(ResourceKind kind, long parents) {
            if (partition != null) {
                Capacity.Part part = partition.maximum().part(kind);
                long most =
                        switch (part.form()) {
                            // What an amount does not name is not limited.
                            case AMOUNT -> part.value() == 0 ? parents : Math.min(parents, (long) part.value());
                            case PERCENT -> (long) (parents * part.value() / PERCENT + HAIR);
                            case WEIGHT -> parents;
                        };
                maximum = with(maximum, kind, most);
            }
        }

        /** The value where it is of that form, else 0. */
        double value(ResourceKind kind, Capacity.Form form) {
            Capacity.Part part =
                    partition == null ? null : partition.guaranteed().part(kind);
            return part == null || part.form() != form ? 0 : part.value();
        }

        /** Returns what it takes of that. */
        long give(ResourceKind kind, Capacity.Form form, long amount) {
            if (value(kind, form) == 0) {
                return 0;
            }
            long taken = Math.min(amount, maximum.amount(kind));
            guaranteed = with(guaranteed, kind, taken);
            return taken;
        }

        private static Resource with(Resource resource, ResourceKind kind, long amount) {
            if (kind.equals(ResourceKind.MEMORY)) {
                return new Resource(amount, resource.vcores(), resource.further());
            }
            return kind.equals(ResourceKind.VCORES)
                    ? new Resource(resource.memoryMb(), (int) amount, resource.further())
                    : resource.and(kind, amount);
        }

        Bounds bounds(Bounds parent, Siblings siblings, Resource total) {
            if (partition == null) {
                return NOTHING;
            }
            // As in YARN: without memory there is nothing.
            Resource promised = guaranteed.memoryMb() == 0 ? Resource.NONE : guaranteed;
            double part = ofPartition(promised, total);
            if (partition.guaranteed() instanceof Capacity.Percent percent && siblings.uniform) {
                part = parent.absolute * percent.value() / PERCENT;
            } else if (partition.guaranteed() instanceof Capacity.Weight weight
                    && siblings.uniform
                    && siblings.weights > 0) {
                part = parent.absolute * weight.value() / siblings.weights;
            }
            double most = partition.maximum() instanceof Capacity.Percent percent
                    ? parent.absoluteMaximum * percent.value() / PERCENT
                    : ofPartition(maximum, total);
            return new Bounds(promised, maximum, part, most);
        }

        private static double ofPartition(Resource amount, Resource total) {
            return total.memoryMb() == 0 ? 0 : (double) amount.memoryMb() / total.memoryMb();
        }
    }
}
