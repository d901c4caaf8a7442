package dev.heddle.rm.wire;

import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.rm.lead.Leadership;
import dev.heddle.rm.lead.LeadingCluster;
import dev.heddle.rm.model.AttributeKey;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.snapshot.MarksSnapshot;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.hadoop.yarn.proto.YarnProtos.AttributeToNodesProto;
import org.apache.hadoop.yarn.proto.YarnProtos.LabelsToNodeIdsProto;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeAttributeInfoProto;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeAttributeTypeProto;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeIdToLabelsProto;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeLabelProto;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeToAttributeValueProto;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeToAttributesProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetAttributesToNodesRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetAttributesToNodesResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetClusterNodeAttributesRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetClusterNodeAttributesResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetClusterNodeLabelsRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetClusterNodeLabelsResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetLabelsToNodesRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetLabelsToNodesResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetNodesToAttributesRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetNodesToAttributesResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetNodesToLabelsRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetNodesToLabelsResponseProto;

/** The part of {@code ApplicationClientProtocol} that is about labels and attributes; read from the snapshots. */
final class MarkReports {
    private final Leadership leadership;

    MarkReports(Leadership leadership) {
        this.leadership = leadership;
    }

    RpcProtocol.Builder addTo(RpcProtocol.Builder protocol) {
        return protocol.on("getNodeToLabels", GetNodesToLabelsRequestProto.getDefaultInstance(), this::nodesToLabels)
                .on("getLabelsToNodes", GetLabelsToNodesRequestProto.getDefaultInstance(), this::labelsToNodes)
                .on("getClusterNodeLabels", GetClusterNodeLabelsRequestProto.getDefaultInstance(), this::labels)
                .on(
                        "getClusterNodeAttributes",
                        GetClusterNodeAttributesRequestProto.getDefaultInstance(),
                        this::attributes)
                .on(
                        "getAttributesToNodes",
                        GetAttributesToNodesRequestProto.getDefaultInstance(),
                        this::attributesToNodes)
                .on(
                        "getNodesToAttributes",
                        GetNodesToAttributesRequestProto.getDefaultInstance(),
                        this::nodesToAttributes);
    }

    private MarksSnapshot marks() throws StandbyException {
        return leadership.require().snapshots().marks();
    }

    /** Labels of nodes that are in use, and of whatever else was named; hosts as port 0. */
    private static Map<NodeId, String> labelled(LeadingCluster cluster) {
        Map<NodeId, String> labelled = new TreeMap<>(cluster.snapshots().marks().labelled());
        cluster.snapshots().nodes().forEach(node -> {
            if (node.state().isInUse()) {
                labelled.put(node.id(), node.label());
            }
        });
        labelled.values().removeIf(String::isEmpty);
        return labelled;
    }

    private CompletionStage<GetNodesToLabelsResponseProto> nodesToLabels(
            Caller caller, GetNodesToLabelsRequestProto request) throws StandbyException {
        GetNodesToLabelsResponseProto.Builder response = GetNodesToLabelsResponseProto.newBuilder();
        labelled(leadership.require())
                .forEach((node, label) -> response.addNodeToLabels(NodeIdToLabelsProto.newBuilder()
                        .setNodeId(WireValues.proto(node))
                        .addNodeLabels(label)));
        return CompletableFuture.completedFuture(response.build());
    }

    private CompletionStage<GetLabelsToNodesResponseProto> labelsToNodes(
            Caller caller, GetLabelsToNodesRequestProto request) throws StandbyException {
        Set<String> wanted = new HashSet<>(request.getNodeLabelsList());
        Map<String, LabelsToNodeIdsProto.Builder> found = new TreeMap<>();
        labelled(leadership.require()).forEach((node, label) -> {
            if (wanted.isEmpty() || wanted.contains(label)) {
                found.computeIfAbsent(
                                label, name -> LabelsToNodeIdsProto.newBuilder().setNodeLabels(name))
                        .addNodeId(WireValues.proto(node));
            }
        });
        GetLabelsToNodesResponseProto.Builder response = GetLabelsToNodesResponseProto.newBuilder();
        found.values().forEach(response::addLabelsToNodes);
        return CompletableFuture.completedFuture(response.build());
    }

    private CompletionStage<GetClusterNodeLabelsResponseProto> labels(
            Caller caller, GetClusterNodeLabelsRequestProto request) throws StandbyException {
        GetClusterNodeLabelsResponseProto.Builder response = GetClusterNodeLabelsResponseProto.newBuilder();
        new TreeMap<>(marks().labels())
                .forEach((name, exclusive) ->
                        // Clients before 2.8 read the names alone.
                        response.addDeprecatedNodeLabels(name)
                                .addNodeLabels(NodeLabelProto.newBuilder()
                                        .setName(name)
                                        .setIsExclusive(exclusive)));
        return CompletableFuture.completedFuture(response.build());
    }

    private CompletionStage<GetClusterNodeAttributesResponseProto> attributes(
            Caller caller, GetClusterNodeAttributesRequestProto request) throws StandbyException {
        Set<AttributeKey> keys = new HashSet<>();
        marks().attributes().values().forEach(values -> keys.addAll(values.keySet()));
        GetClusterNodeAttributesResponseProto.Builder response = GetClusterNodeAttributesResponseProto.newBuilder();
        keys.forEach(key -> response.addNodeAttributes(NodeAttributeInfoProto.newBuilder()
                .setAttributeKey(MarkWire.proto(key))
                .setAttributeType(NodeAttributeTypeProto.STRING)));
        return CompletableFuture.completedFuture(response.build());
    }

    private CompletionStage<GetAttributesToNodesResponseProto> attributesToNodes(
            Caller caller, GetAttributesToNodesRequestProto request) throws StandbyException {
        Set<AttributeKey> wanted = new HashSet<>();
        request.getNodeAttributesList().forEach(key -> wanted.add(MarkWire.key(key)));
        Map<AttributeKey, AttributeToNodesProto.Builder> found = new HashMap<>();
        marks().attributes()
                .forEach((host, values) -> values.forEach((key, value) -> {
                    if (wanted.isEmpty() || wanted.contains(key)) {
                        found.computeIfAbsent(key, name -> AttributeToNodesProto.newBuilder()
                                        .setNodeAttribute(MarkWire.proto(name)))
                                .addNodeValueMap(NodeToAttributeValueProto.newBuilder()
                                        .setHostname(host)
                                        .setAttributeValue(value));
                    }
                }));
        GetAttributesToNodesResponseProto.Builder response = GetAttributesToNodesResponseProto.newBuilder();
        found.values().forEach(response::addAttributesToNodes);
        return CompletableFuture.completedFuture(response.build());
    }

    private CompletionStage<GetNodesToAttributesResponseProto> nodesToAttributes(
            Caller caller, GetNodesToAttributesRequestProto request) throws StandbyException {
        Set<String> wanted = new HashSet<>(request.getHostnamesList());
        GetNodesToAttributesResponseProto.Builder response = GetNodesToAttributesResponseProto.newBuilder();
        new TreeMap<>(marks().attributes()).forEach((host, values) -> {
            if (wanted.isEmpty() || wanted.contains(host)) {
                NodeToAttributesProto.Builder node =
                        NodeToAttributesProto.newBuilder().setNode(host);
                values.forEach((key, value) -> node.addNodeAttributes(MarkWire.proto(key, value)));
                response.addNodesToAttributes(node);
            }
        });
        return CompletableFuture.completedFuture(response.build());
    }
}
