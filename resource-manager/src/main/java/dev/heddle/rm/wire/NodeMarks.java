package dev.heddle.rm.wire;

import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.lead.LeadingCluster;
import dev.heddle.rm.model.AttributeKey;
import dev.heddle.rm.model.NodeId;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeLabelProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.NodeAttributesProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.NodeLabelsProto;
import org.jspecify.annotations.Nullable;

/** What a node says of its own labels and attributes. They are news: most calls of a node are without. */
record NodeMarks(LeadingCluster cluster, MarkWire.Sources sources, NodeId node) {
    /**
     * Whether it was taken.
     *
     * @param diagnostics why not, or empty
     */
    record Verdict(boolean labels, boolean attributes, String diagnostics) {}

    /** Hands in what is not null. What is refused is said in the verdict. */
    CompletionStage<Verdict> report(@Nullable NodeLabelsProto labels, @Nullable NodeAttributesProto attributes) {
        CompletionStage<String> ofLabels = labels == null || !sources.distributed()
                ? CompletableFuture.completedFuture("")
                : submit(new NodeCommand.ReportLabel(
                        node,
                        MarkWire.names(labels.getNodeLabelsList().stream()
                                .map(NodeLabelProto::getName)
                                .toList())));
        return ofLabels.thenCombine(
                attributes == null ? CompletableFuture.completedFuture("") : submit(attributes),
                (labelsRefused, attributesRefused) -> new Verdict(
                        labels != null && sources.distributed() && labelsRefused.isEmpty(),
                        attributes != null && attributesRefused.isEmpty(),
                        (labelsRefused + "\n" + attributesRefused).trim()));
    }

    private CompletionStage<String> submit(NodeAttributesProto attributes) {
        try {
            return submit(new NodeCommand.ReportAttributes(
                    node, MarkWire.values(node.host(), attributes.getNodeAttributesList(), AttributeKey.NODES)));
        } catch (IOException e) {
            return CompletableFuture.completedFuture(String.valueOf(e.getMessage()));
        }
    }

    /** Why it was refused, or empty. */
    private CompletionStage<String> submit(NodeCommand<?> command) {
        return cluster.loop()
                .submit(command)
                .handle((done, refused) -> refused == null ? "" : String.valueOf(refused.getMessage()));
    }
}
