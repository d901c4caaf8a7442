package dev.heddle.rm.wire;

import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.AttributeKey;
import dev.heddle.rm.model.constraint.PlacementConstraint;
import dev.heddle.rm.model.constraint.Scope;
import dev.heddle.rm.model.constraint.TagNamespace;
import dev.heddle.rm.model.constraint.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.yarn.api.resource.PlacementConstraints;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.YarnProtos.CompositePlacementConstraintProto;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeAttributeOpCodeProto;
import org.apache.hadoop.yarn.proto.YarnProtos.PlacementConstraintMapEntryProto;
import org.apache.hadoop.yarn.proto.YarnProtos.PlacementConstraintProto;
import org.apache.hadoop.yarn.proto.YarnProtos.PlacementConstraintTargetProto;
import org.apache.hadoop.yarn.proto.YarnProtos.SimplePlacementConstraintProto;

/**
 * Placement constraints out of YARN's messages. What YARN takes and never carries out becomes {@link
 * PlacementConstraint.Unsupported}; what is too large to be looked at for every placement is refused.
 */
final class ConstraintWire {
    /** Constraints within constraints. */
    static final int MAX_DEPTH = 16;

    /** Constraints, targets and values of targets, all together. */
    static final int MAX_PARTS = 1_000;

    private int parts;

    private ConstraintWire() {}

    /**
     * A constraint.
     *
     * @throws YarnException if it is too large, or names several partitions at once
     */
    static PlacementConstraint constraint(PlacementConstraintProto proto) throws YarnException {
        return new ConstraintWire().constraint(proto, 1);
    }

    /**
     * The constraints of an application, by the tag of the requests that they hold for. Like YARN, those for several tags at
     * once, or for none, hold for nothing.
     *
     * @throws YarnException as {@link #constraint(PlacementConstraintProto)}
     */
    static Map<String, PlacementConstraint> constraints(List<PlacementConstraintMapEntryProto> entries)
            throws YarnException {
        ConstraintWire wire = new ConstraintWire();
        Map<String, PlacementConstraint> constraints = new HashMap<>();
        for (PlacementConstraintMapEntryProto entry : entries) {
            Set<String> tags = Set.copyOf(new LinkedHashSet<>(entry.getAllocationTagsList()));
            PlacementConstraint constraint = wire.constraint(entry.getPlacementConstraint(), 1);
            if (tags.size() == 1) {
                constraints.put(tags.iterator().next(), constraint);
            }
        }
        return constraints;
    }

    private PlacementConstraint constraint(PlacementConstraintProto proto, int depth) throws YarnException {
        count(1);
        if (depth > MAX_DEPTH) {
            throw new YarnException(
                    "Placement constraints are nested deeper than " + MAX_DEPTH + ": make them flatter");
        }
        if (proto.hasSimpleConstraint()) {
            return single(proto.getSimpleConstraint());
        }
        CompositePlacementConstraintProto composite = proto.getCompositeConstraint();
        List<PlacementConstraint> children = new ArrayList<>();
        for (PlacementConstraintProto child : composite.getChildConstraintsList()) {
            children.add(constraint(child, depth + 1));
        }
        return switch (composite.getCompositeType()) {
            case AND -> new PlacementConstraint.And(children);
            case OR -> new PlacementConstraint.Or(children);
            case DELAYED_OR -> new PlacementConstraint.Unsupported("Unsupported type of constraint: DelayedOr");
        };
    }

    private void count(int more) throws YarnException {
        parts += more;
        if (parts > MAX_PARTS) {
            throw new YarnException("Placement constraints have more than " + MAX_PARTS + " parts: make them smaller");
        }
    }

    private PlacementConstraint single(SimplePlacementConstraintProto proto) throws YarnException {
        Scope scope =
                switch (proto.getScope()) {
                    case PlacementConstraints.NODE -> Scope.NODE;
                    case PlacementConstraints.RACK -> Scope.RACK;
                    default -> null;
                };
        if (scope == null) {
            return new PlacementConstraint.Unsupported("Unknown scope: " + proto.getScope());
        }
        Set<Target> targets = new LinkedHashSet<>();
        for (PlacementConstraintTargetProto target : proto.getTargetExpressionsList()) {
            count(1 + target.getTargetValuesCount());
            try {
                targets.add(target(target, proto.getAttributeOpCode()));
            } catch (IllegalArgumentException e) {
                return new PlacementConstraint.Unsupported(String.valueOf(e.getMessage()));
            }
        }
        return new PlacementConstraint.Single(scope, proto.getMinCardinality(), proto.getMaxCardinality(), targets);
    }

    /** Throws {@link IllegalArgumentException} on what YARN would only find out when it places. */
    private static Target target(PlacementConstraintTargetProto proto, NodeAttributeOpCodeProto operator)
            throws YarnException {
        Set<String> values = new LinkedHashSet<>(proto.getTargetValuesList());
        return switch (proto.getTargetType()) {
            case ALLOCATION_TAG -> new Target.Tags(namespace(proto.getTargetKey()), values);
            case NODE_ATTRIBUTE -> {
                if (proto.getTargetKey().equals(PlacementConstraints.NODE_PARTITION)) {
                    yield partition(values);
                }
                if (values.isEmpty()) {
                    throw new IllegalArgumentException("No value for the attribute: " + proto.getTargetKey());
                }
                yield new Target.Attribute(attribute(proto.getTargetKey()), comparison(operator), values);
            }
            case SELF -> throw new IllegalArgumentException("Unknown type of target: SELF");
        };
    }

    private static Target partition(Set<String> values) throws YarnException {
        if (values.size() > 1) {
            throw new YarnException(
                    "Inside one targetExpression, we only support affinity to at most one node partition now");
        }
        return new Target.Partition(values.isEmpty() ? "" : values.iterator().next());
    }

    /** An attribute without a prefix is an operator's, as in YARN. */
    private static AttributeKey attribute(String key) {
        String[] names = key.split("/", -1);
        if (key.isEmpty() || (names.length > 1 && names[1].isEmpty())) {
            throw new IllegalArgumentException("No name of an attribute: " + key);
        }
        return names.length == 1 ? new AttributeKey(AttributeKey.OPERATORS, key) : new AttributeKey(names[0], names[1]);
    }

    private static Target.Comparison comparison(NodeAttributeOpCodeProto proto) {
        return switch (proto) {
            case NO_OP -> Target.Comparison.NO_OP;
            case EQ -> Target.Comparison.EQ;
            case NE -> Target.Comparison.NE;
        };
    }

    /** YARN's {@code TargetApplicationsNamespace}: a word, and a value behind a slash where the word needs one. */
    private static TagNamespace namespace(String text) {
        if (text.isEmpty()) {
            return TagNamespace.Relative.SELF;
        }
        List<String> words = Arrays.stream(text.split("/", -1))
                .filter(word -> !word.isEmpty())
                .toList();
        if (words.isEmpty() || words.size() > 2) {
            throw new IllegalArgumentException("Invalid namespace string: " + text
                    + ", the syntax is <namespace_prefix> or <namespace_prefix>/<namespace_value>");
        }
        return switch (words.get(0)) {
            case "self" -> TagNamespace.Relative.SELF;
            case "not-self" -> TagNamespace.Relative.NOT_SELF;
            case "all" -> TagNamespace.Relative.ALL;
            case "app-id" -> new TagNamespace.Application(application(value(words, text)));
            case "app-tag" -> new TagNamespace.ApplicationTag(value(words, text));
            default ->
                throw new IllegalArgumentException("Invalid namespace prefix: " + words.get(0)
                        + ", valid values are: self,not-self,app-id,app-tag,all");
        };
    }

    private static String value(List<String> words, String text) {
        if (words.size() < 2) {
            throw new IllegalArgumentException("Missing the value in the namespace string: " + text);
        }
        return words.get(1);
    }

    private static ApplicationId application(String text) {
        org.apache.hadoop.yarn.api.records.ApplicationId id =
                org.apache.hadoop.yarn.api.records.ApplicationId.fromString(text);
        return new ApplicationId(id.getClusterTimestamp(), id.getId());
    }
}
