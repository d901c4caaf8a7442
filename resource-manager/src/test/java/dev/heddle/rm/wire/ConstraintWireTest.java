package dev.heddle.rm.wire;

import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.NODE;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.NODE_PARTITION;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.PlacementTargets.allocationTagWithNamespace;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.PlacementTargets.nodeAttribute;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.PlacementTargets.nodePartition;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.RACK;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.and;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.cardinality;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.delayedOr;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.or;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.targetIn;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.targetNodeAttribute;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.targetNotIn;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.timedClockConstraint;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.common.resources.ResourceKinds;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.AttributeKey;
import dev.heddle.rm.model.constraint.PlacementConstraint;
import dev.heddle.rm.model.constraint.PlacementConstraint.Single;
import dev.heddle.rm.model.constraint.Scope;
import dev.heddle.rm.model.constraint.TagNamespace;
import dev.heddle.rm.model.constraint.Target;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.hadoop.yarn.api.pb.PlacementConstraintToProtoConverter;
import org.apache.hadoop.yarn.api.records.NodeAttributeOpCode;
import org.apache.hadoop.yarn.api.resource.PlacementConstraint.AbstractConstraint;
import org.apache.hadoop.yarn.exceptions.InvalidResourceRequestException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.YarnProtos.PlacementConstraintMapEntryProto;
import org.apache.hadoop.yarn.proto.YarnProtos.PlacementConstraintProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceSizingProto;
import org.apache.hadoop.yarn.proto.YarnProtos.SchedulingRequestProto;
import org.junit.jupiter.api.Test;

class ConstraintWireTest {
    private static PlacementConstraintProto proto(AbstractConstraint constraint) {
        return new PlacementConstraintToProtoConverter(constraint.build()).convert();
    }

    private static PlacementConstraint read(AbstractConstraint constraint) throws YarnException {
        return ConstraintWire.constraint(proto(constraint));
    }

    private static PlacementConstraint tagged(String namespace) throws YarnException {
        return read(targetIn(NODE, allocationTagWithNamespace(namespace, "x")));
    }

    @Test
    void shouldReadWhatYarnCanSay() throws Exception {
        TagNamespace self = TagNamespace.Relative.SELF;
        Single near = new Single(Scope.NODE, 1, Integer.MAX_VALUE, Set.of(new Target.Tags(self, Set.of("x"))));
        Single few = new Single(Scope.RACK, 0, 3, Set.of(new Target.Tags(self, Set.of("x", "y"))));
        Single linux = new Single(
                Scope.NODE,
                -1,
                -1,
                Set.of(new Target.Attribute(
                        new AttributeKey(AttributeKey.OPERATORS, "os"), Target.Comparison.EQ, Set.of("linux"))));
        AbstractConstraint all = and(
                targetIn(NODE, allocationTagWithNamespace("self", "x")),
                or(
                        cardinality(RACK, 0, 3, "x", "y"),
                        targetNodeAttribute(NODE, NodeAttributeOpCode.EQ, nodeAttribute("os", "linux"))));
        assertThat(read(all))
                .isEqualTo(new PlacementConstraint.And(List.of(near, new PlacementConstraint.Or(List.of(few, linux)))))
                .asString()
                .startsWith("and(in,node,x:or(cardinality,rack,")
                .endsWith("node,EQ,rm.yarn.io/os=[linux]))");
        assertThat(read(targetIn(NODE, nodePartition("gpu"))))
                .isEqualTo(new Single(Scope.NODE, 1, Integer.MAX_VALUE, Set.of(new Target.Partition("gpu"))));
        assertThat(read(targetNodeAttribute(NODE, NodeAttributeOpCode.NE, nodeAttribute("nm.yarn.io/os", "a"))))
                .isEqualTo(new Single(
                        Scope.NODE,
                        -1,
                        -1,
                        Set.of(new Target.Attribute(
                                new AttributeKey(AttributeKey.NODES, "os"), Target.Comparison.NE, Set.of("a")))));
    }

    @Test
    void shouldReadNamespaces() throws Exception {
        Map<String, TagNamespace> known = Map.of(
                "", TagNamespace.Relative.SELF,
                "self", TagNamespace.Relative.SELF,
                "not-self", TagNamespace.Relative.NOT_SELF,
                "all", TagNamespace.Relative.ALL,
                "app-tag/db", new TagNamespace.ApplicationTag("db"),
                "app-id/application_12_0003", new TagNamespace.Application(new ApplicationId(12, 3)));
        for (Map.Entry<String, TagNamespace> namespace : known.entrySet()) {
            assertThat(tagged(namespace.getKey()))
                    .isEqualTo(new Single(
                            Scope.NODE,
                            1,
                            Integer.MAX_VALUE,
                            Set.of(new Target.Tags(namespace.getValue(), Set.of("x")))));
        }
    }

    @Test
    void shouldKnowWhatNobodyCarriesOut() throws Exception {
        for (String namespace : List.of("/", "nobody", "app-id", "app-tag", "app-id/x", "app-label/x", "a/b/c")) {
            assertThat(tagged(namespace).isSupported()).as(namespace).isFalse();
        }
        for (AbstractConstraint unsupported : List.of(
                targetIn("cluster", allocationTagWithNamespace("self", "x")),
                targetNodeAttribute(NODE, NodeAttributeOpCode.EQ, nodeAttribute("os")),
                targetNodeAttribute(NODE, NodeAttributeOpCode.EQ, nodeAttribute("prefix/", "x")),
                delayedOr(timedClockConstraint(
                        targetNotIn(NODE, allocationTagWithNamespace("self", "x")), 1, TimeUnit.SECONDS)))) {
            assertThat(read(unsupported).isSupported()).as("%s", unsupported).isFalse();
            assertThat(read(and(unsupported)).isSupported()).isFalse();
        }
    }

    @Test
    void shouldRefuseWhatIsTooLarge() throws Exception {
        AbstractConstraint deep = targetIn(NODE, allocationTagWithNamespace("self", "x"));
        for (int depth = 1; depth < ConstraintWire.MAX_DEPTH; depth++) {
            deep = and(deep);
        }
        assertThat(read(deep).isSupported()).isTrue();
        AbstractConstraint deeper = and(deep);
        assertRefused("nested deeper than 16", deeper);
        String[] tags = IntStream.rangeClosed(1, ConstraintWire.MAX_PARTS - 2)
                .mapToObj(i -> "t" + i)
                .toArray(String[]::new);
        assertThat(read(targetIn(NODE, allocationTagWithNamespace("self", tags)))
                        .isSupported())
                .isTrue();
        assertRefused("more than 1000 parts", and(targetIn(NODE, allocationTagWithNamespace("self", tags))));
        assertRefused("at most one node partition", targetIn(NODE, nodePartition("a", "b")));
        assertThat(NODE_PARTITION).isEqualTo("yarn_node_partition/");
    }

    private static void assertRefused(String why, AbstractConstraint constraint) {
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> read(constraint))
                .withMessageContaining(why);
    }

    @Test
    void shouldKeepTheConstraintsThatAreForOneTag() throws Exception {
        PlacementConstraintProto constraint = proto(targetNotIn(NODE, allocationTagWithNamespace("self", "x")));
        assertThat(ConstraintWire.constraints(
                        List.of(entry(constraint, "x"), entry(constraint, "y", "z"), entry(constraint))))
                .containsOnlyKeys("x");
    }

    private static PlacementConstraintMapEntryProto entry(PlacementConstraintProto constraint, String... tags) {
        return PlacementConstraintMapEntryProto.newBuilder()
                .addAllAllocationTags(List.of(tags))
                .setPlacementConstraint(constraint)
                .build();
    }

    @Test
    void shouldRefuseRequestsThatMakeNoSense() {
        AttemptId attempt = new AttemptId(new ApplicationId(12, 3), 1);
        SchedulingRequestProto negative = SchedulingRequestProto.newBuilder()
                .setResourceSizing(ResourceSizingProto.newBuilder()
                        .setNumAllocations(1)
                        .setResources(ResourceProto.newBuilder().setMemory(-1).setVirtualCores(1)))
                .build();
        assertThatExceptionOfType(InvalidResourceRequestException.class)
                .isThrownBy(() -> SchedulingRequestWire.ask(attempt, negative, 0, ResourceKinds.NONE));
        SchedulingRequestProto crowded = negative.toBuilder()
                .addAllAllocationTags(IntStream.rangeClosed(0, SchedulingRequestWire.MAX_TAGS)
                        .mapToObj(i -> "t" + i)
                        .toList())
                .build();
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> SchedulingRequestWire.ask(attempt, crowded, 0, ResourceKinds.NONE))
                .withMessageContaining("AppId=application_12_0003")
                .withMessageContaining("at most 100 allocation tags");
    }
}
