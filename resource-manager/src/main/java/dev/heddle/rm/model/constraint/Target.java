package dev.heddle.rm.model.constraint;

import dev.heddle.rm.model.AttributeKey;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/** What a {@link PlacementConstraint.Single} looks at. */
public sealed interface Target {
    /** One method for each kind, so that a new kind cannot be forgotten. */
    interface Cases<R> {
        R tags(Tags target);

        R attribute(Attribute target);

        R partition(Partition target);
    }

    <R> R on(Cases<R> cases);

    /**
     * How many containers with these tags there are.
     *
     * @param tags none of them stands for all that are found in the place that is looked at
     */
    record Tags(TagNamespace namespace, Set<String> tags) implements Target {
        public Tags {
            tags = Collections.unmodifiableSet(new LinkedHashSet<>(tags));
        }

        @Override
        public <R> R on(Cases<R> cases) {
            return cases.tags(this);
        }

        /** As YARN prints it, and the namespace where it is not the application's own. */
        @Override
        public String toString() {
            String names = String.join(",", tags);
            return namespace.equals(TagNamespace.Relative.SELF) ? names : namespace + "/" + names;
        }
    }

    /**
     * What the node's host has for an attribute.
     *
     * @param values at least one
     */
    record Attribute(AttributeKey key, Comparison comparison, Set<String> values) implements Target {
        public Attribute {
            values = Collections.unmodifiableSet(new LinkedHashSet<>(values));
        }

        @Override
        public <R> R on(Cases<R> cases) {
            return cases.attribute(this);
        }

        @Override
        public String toString() {
            return comparison + "," + key.prefix() + "/" + key.name() + "=" + values;
        }
    }

    /**
     * The node's label.
     *
     * @param label empty for nodes without one
     */
    record Partition(String label) implements Target {
        @Override
        public <R> R on(Cases<R> cases) {
            return cases.partition(this);
        }

        @Override
        public String toString() {
            return "yarn_node_partition/=[" + label + "]";
        }
    }

    /** How an attribute and the values are to relate. */
    enum Comparison {
        /** The attribute has one of the values. */
        EQ,
        /** The attribute has none of the values, or is not there. */
        NE,
        /** Nothing was said; as in YARN, no node meets that. */
        NO_OP
    }
}
