package dev.heddle.rm.scheduler.queue;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKind;
import java.util.Map;

/** How much of a partition a queue is promised or allowed, in one of the ways of YARN's capacity scheduler. */
public sealed interface Capacity {
    /** All that the parent has. */
    Capacity ALL = new Percent(100);

    /** Nothing. */
    Capacity NOTHING = new Percent(0);

    /** What it is of one kind. */
    Part part(ResourceKind kind);

    /**
     * A part of what the parent has.
     *
     * @param value from 0 to 100
     */
    record Percent(double value) implements Capacity {
        @Override
        public Part part(ResourceKind kind) {
            return new Part(Form.PERCENT, value);
        }
    }

    /**
     * A part of what the parent has, in proportion to the weights of its siblings; written {@code 3w}.
     *
     * @param value not negative
     */
    record Weight(double value) implements Capacity {
        @Override
        public Part part(ResourceKind kind) {
            return new Part(Form.WEIGHT, value);
        }
    }

    /** An amount; written {@code [memory=10240,vcores=12]}. What siblings are promised in all is scaled to what there is. */
    record Absolute(Resource value) implements Capacity {
        @Override
        public Part part(ResourceKind kind) {
            return new Part(Form.AMOUNT, (double) value.amount(kind));
        }
    }

    /**
     * Of each kind something else; written {@code [memory=50%,vcores=3,yarn.io/gpu=2w]}.
     *
     * @param parts of the kinds that are named; of the others there is none
     */
    record Vector(Map<ResourceKind, Part> parts) implements Capacity {
        public Vector {
            parts = Map.copyOf(parts);
        }

        @Override
        public Part part(ResourceKind kind) {
            return parts.getOrDefault(kind, Part.NONE);
        }
    }

    /** In which way a part is given, in the order in which siblings get theirs. */
    enum Form {
        AMOUNT,
        /** Of what is left of the parent's when the amounts are taken off. */
        PERCENT,
        /** Of what is left then. */
        WEIGHT
    }

    /**
     * What it is of one kind.
     *
     * @param value an amount in the kind's unit, a percentage from 0 to 100, or a weight
     */
    record Part(Form form, double value) {
        static final Part NONE = new Part(Form.AMOUNT, 0);
    }
}
