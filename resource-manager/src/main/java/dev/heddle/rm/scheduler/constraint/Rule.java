package dev.heddle.rm.scheduler.constraint;

import dev.heddle.rm.model.AttributeKey;
import dev.heddle.rm.model.constraint.PlacementConstraint;
import dev.heddle.rm.model.constraint.Target;
import dev.heddle.rm.state.Application;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Marks;
import dev.heddle.rm.state.Node;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A constraint bound to an application, to be asked about one node after the other. It looks at the state and copies nothing,
 * so it holds until the next event. Asking allocates nothing.
 */
public interface Rule {
    /** Whether the constraint is met on this node now; its room is another matter. */
    boolean admits(Node node);

    /** Where to look for nodes that it admits. */
    Candidates candidates();

    /** A constraint as the application sees it. */
    static Rule of(ClusterState state, Application application, PlacementConstraint constraint) {
        return constraint.on(new Binding(state, application));
    }

    /** Whether no node is ruled out. */
    default boolean isVacuous() {
        return false;
    }

    /** Every part admits. */
    record All(List<Rule> parts) implements Rule {
        @Override
        public boolean admits(Node node) {
            for (Rule part : parts) {
                if (!part.admits(node)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public Candidates candidates() {
            Candidates found = Candidates.EVERYWHERE;
            for (Rule part : parts) {
                found = found.narrowed(part.candidates());
            }
            return found;
        }

        @Override
        public boolean isVacuous() {
            return parts.stream().allMatch(Rule::isVacuous);
        }
    }

    /** One part admits. */
    record Any(List<Rule> parts) implements Rule {
        @Override
        public boolean admits(Node node) {
            for (Rule part : parts) {
                if (part.admits(node)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public Candidates candidates() {
            Candidates found = Candidates.NOWHERE;
            for (Rule part : parts) {
                found = found.widened(part.candidates());
            }
            return found;
        }
    }

    /** Nothing is admitted. */
    record Nowhere() implements Rule {
        @Override
        public boolean admits(Node node) {
            return false;
        }

        @Override
        public Candidates candidates() {
            return Candidates.NOWHERE;
        }
    }

    /** The node has this label. */
    record Labelled(String label) implements Rule {
        @Override
        public boolean admits(Node node) {
            return node.label().equals(label);
        }

        @Override
        public Candidates candidates() {
            return Candidates.EVERYWHERE;
        }
    }

    /** The node's host has, or has not, one of the values. */
    record Attributed(Marks marks, AttributeKey key, Target.Comparison comparison, Set<String> values) implements Rule {
        @Override
        public boolean admits(Node node) {
            String value =
                    marks.attributes().getOrDefault(node.id().host(), Map.of()).get(key);
            boolean matches = value != null && values.contains(value);
            return switch (comparison) {
                case EQ -> matches;
                case NE -> !matches;
                case NO_OP -> false;
            };
        }

        @Override
        public Candidates candidates() {
            if (comparison != Target.Comparison.EQ) {
                return Candidates.EVERYWHERE;
            }
            Set<String> hosts = Set.of();
            for (String value : values) {
                hosts = Candidates.union(hosts, marks.hostsWith(key, value));
            }
            return Candidates.hosts(hosts);
        }
    }
}
