package dev.heddle.rm.wire;

import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.rm.command.AdminCommand;
import dev.heddle.rm.lead.Leadership;
import dev.heddle.rm.lead.LeadingCluster;
import dev.heddle.rm.model.AttributeKey;
import dev.heddle.rm.model.NodeId;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeIdToLabelsProto;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeToAttributesProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.AddToClusterNodeLabelsRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.AddToClusterNodeLabelsResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.NodesToAttributesMappingRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.NodesToAttributesMappingResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.RemoveFromClusterNodeLabelsRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.RemoveFromClusterNodeLabelsResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.ReplaceLabelsOnNodeRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.ReplaceLabelsOnNodeResponseProto;

/** The part of {@code ResourceManagerAdministrationProtocol} that is about labels and attributes. */
final class MarkAdministration {
    private final Leadership leadership;
    private final MarkWire.Sources sources;
    private final AdminCalls calls;

    MarkAdministration(Leadership leadership, MarkWire.Sources sources, AdminCalls calls) {
        this.leadership = leadership;
        this.sources = sources;
        this.calls = calls;
    }

    void addTo(RpcProtocol.Builder protocol) {
        protocol.on(
                        "addToClusterNodeLabels",
                        AddToClusterNodeLabelsRequestProto.getDefaultInstance(),
                        calls.wrapped("addToClusterNodeLabels", this::add))
                .on(
                        "removeFromClusterNodeLabels",
                        RemoveFromClusterNodeLabelsRequestProto.getDefaultInstance(),
                        calls.wrapped("removeFromClusterNodeLabels", this::remove))
                .on(
                        "replaceLabelsOnNodes",
                        ReplaceLabelsOnNodeRequestProto.getDefaultInstance(),
                        calls.wrapped("replaceLabelsOnNode", this::replace))
                .on(
                        "mapAttributesToNodes",
                        NodesToAttributesMappingRequestProto.getDefaultInstance(),
                        calls.wrapped("mapAttributesToNodes", this::map));
    }

    private CompletionStage<AddToClusterNodeLabelsResponseProto> add(
            Caller caller, AddToClusterNodeLabelsRequestProto request) throws IOException {
        LeadingCluster cluster = leadership.require();
        sources.requireLabels();
        return Submission.submit(
                cluster,
                new AdminCommand.AddLabels(MarkWire.labels(request.getNodeLabelsList())),
                done -> AddToClusterNodeLabelsResponseProto.getDefaultInstance());
    }

    private CompletionStage<RemoveFromClusterNodeLabelsResponseProto> remove(
            Caller caller, RemoveFromClusterNodeLabelsRequestProto request) throws IOException {
        LeadingCluster cluster = leadership.require();
        sources.requireLabels();
        return Submission.submit(
                cluster,
                new AdminCommand.RemoveLabels(MarkWire.names(request.getNodeLabelsList())),
                done -> RemoveFromClusterNodeLabelsResponseProto.getDefaultInstance());
    }

    private CompletionStage<ReplaceLabelsOnNodeResponseProto> replace(
            Caller caller, ReplaceLabelsOnNodeRequestProto request) throws IOException {
        LeadingCluster cluster = leadership.require();
        if (!sources.centralized()) {
            throw new IOException("Error when invoke method=replaceLabelsOnNode because centralized node label"
                    + " configuration is not enabled.");
        }
        sources.requireLabels();
        Map<NodeId, Set<String>> labels = new HashMap<>();
        for (NodeIdToLabelsProto node : request.getNodeToLabelsList()) {
            labels.put(WireValues.nodeId(node.getNodeId()), MarkWire.names(node.getNodeLabelsList()));
        }
        return Submission.submit(
                cluster,
                new AdminCommand.LabelNodes(labels, request.getFailOnUnknownNodes()),
                done -> ReplaceLabelsOnNodeResponseProto.getDefaultInstance());
    }

    private CompletionStage<NodesToAttributesMappingResponseProto> map(
            Caller caller, NodesToAttributesMappingRequestProto request) throws IOException {
        LeadingCluster cluster = leadership.require();
        Map<String, Map<String, String>> values = new HashMap<>();
        for (NodeToAttributesProto node : request.getNodeToAttributesList()) {
            values.put(
                    node.getNode(),
                    MarkWire.values(node.getNode(), node.getNodeAttributesList(), AttributeKey.OPERATORS));
        }
        AdminCommand.Change change =
                switch (request.getOperation()) {
                    case ADD -> AdminCommand.Change.ADD;
                    case REMOVE -> AdminCommand.Change.REMOVE;
                    case REPLACE -> AdminCommand.Change.REPLACE;
                };
        return Submission.submit(
                cluster,
                new AdminCommand.MapAttributes(change, values, request.getFailOnUnknownNodes()),
                done -> NodesToAttributesMappingResponseProto.getDefaultInstance());
    }
}
