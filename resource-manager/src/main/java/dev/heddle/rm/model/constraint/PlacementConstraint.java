package dev.heddle.rm.model.constraint;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a container may be placed, as YARN's {@code PlacementConstraint} says it. It holds for the moment of the placement:
 * what is placed later does not end what is there. Its text is YARN's notation.
 */
public sealed interface PlacementConstraint {
    /** One method for each kind, so that a new kind cannot be forgotten. */
    interface Cases<R> {
        R and(List<PlacementConstraint> all);

        R or(List<PlacementConstraint> any);

        R single(Single single);

        R unsupported(String why);
    }

    <R> R on(Cases<R> cases);

    /** Whether nodes could be found that meet it: YARN gives requests back that hold a part which it cannot carry out. */
    boolean isSupported();

    /** The label that nodes must have to meet it, or null where it names none: then a label may rule them out all the same. */
    default @Nullable String label() {
        return null;
    }

    /** Any node will do. */
    static PlacementConstraint none() {
        return new And(List.of());
    }

    /** All of them hold. */
    record And(List<PlacementConstraint> all) implements PlacementConstraint {
        public And {
            all = List.copyOf(all);
        }

        @Override
        public <R> R on(Cases<R> cases) {
            return cases.and(all);
        }

        @Override
        public boolean isSupported() {
            return all.stream().allMatch(PlacementConstraint::isSupported);
        }

        @Override
        public @Nullable String label() {
            return all.stream()
                    .map(PlacementConstraint::label)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public String toString() {
            return joined("and", all);
        }
    }

    /** At least one of them holds. */
    record Or(List<PlacementConstraint> any) implements PlacementConstraint {
        public Or {
            any = List.copyOf(any);
        }

        @Override
        public <R> R on(Cases<R> cases) {
            return cases.or(any);
        }

        @Override
        public boolean isSupported() {
            return any.isEmpty() || any.stream().anyMatch(PlacementConstraint::isSupported);
        }

        @Override
        public String toString() {
            return joined("or", any);
        }
    }

    /**
     * What holds for every one of the targets. The numbers are for tags alone: so many containers with each of the tags must
     * be there already, the one to be placed not counted.
     *
     * @param minimum fewer will not do
     * @param maximum more will not do; {@link Integer#MAX_VALUE} for any number
     */
    record Single(Scope scope, int minimum, int maximum, Set<Target> targets) implements PlacementConstraint {
        public Single {
            targets = Collections.unmodifiableSet(new LinkedHashSet<>(targets));
        }

        @Override
        public <R> R on(Cases<R> cases) {
            return cases.single(this);
        }

        @Override
        public boolean isSupported() {
            return true;
        }

        @Override
        public @Nullable String label() {
            for (Target target : targets) {
                if (target instanceof Target.Partition partition
                        && !partition.label().isEmpty()) {
                    return partition.label();
                }
            }
            return null;
        }

        @Override
        public String toString() {
            return targets.stream().map(this::text).collect(Collectors.joining(":"));
        }

        private String text(Target target) {
            if (!(target instanceof Target.Tags)) {
                return scope + "," + target;
            }
            if (minimum == 0 && maximum == 0) {
                return "notin," + scope + "," + target;
            }
            return minimum == 1 && maximum == Integer.MAX_VALUE
                    ? "in," + scope + "," + target
                    : "cardinality," + scope + "," + target + "," + minimum + "," + maximum;
        }
    }

    /**
     * What makes no sense, or what YARN knows and does not carry out. No node meets it.
     *
     * @param why in one sentence
     */
    record Unsupported(String why) implements PlacementConstraint {
        @Override
        public <R> R on(Cases<R> cases) {
            return cases.unsupported(why);
        }

        @Override
        public boolean isSupported() {
            return false;
        }

        @Override
        public String toString() {
            return "unsupported(" + why + ")";
        }
    }

    private static String joined(String name, List<PlacementConstraint> parts) {
        return parts.stream().map(PlacementConstraint::toString).collect(Collectors.joining(":", name + "(", ")"));
    }
}
