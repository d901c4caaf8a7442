package dev.heddle.rm.wire;

import dev.heddle.rm.model.AttributeKey;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.nodelabels.NodeLabelUtil;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeAttributeKeyProto;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeAttributeProto;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeAttributeTypeProto;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeLabelProto;

/** Labels and attributes to and from YARN's messages, by YARN's rules for their names. */
final class MarkWire {
    private MarkWire() {}

    /**
     * Who says which node has which label.
     *
     * @param labels whether there are labels at all
     * @param centralized whether operators do
     * @param distributed whether nodes do
     */
    record Sources(boolean labels, boolean centralized, boolean distributed) {
        static Sources of(Configuration configuration) {
            boolean labels = YarnConfiguration.areNodeLabelsEnabled(configuration);
            return new Sources(
                    labels,
                    YarnConfiguration.isCentralizedNodeLabelConfiguration(configuration),
                    labels && YarnConfiguration.isDistributedNodeLabelConfiguration(configuration));
        }

        void requireLabels() throws IOException {
            if (!labels) {
                throw new IOException("Node-label-based scheduling is disabled. Please check "
                        + YarnConfiguration.NODE_LABELS_ENABLED);
            }
        }
    }

    static Map<String, Boolean> labels(List<NodeLabelProto> protos) throws IOException {
        Map<String, Boolean> labels = new HashMap<>();
        for (NodeLabelProto proto : protos) {
            String name = proto.getName().trim();
            NodeLabelUtil.checkAndThrowLabelName(name);
            labels.put(name, proto.getIsExclusive());
        }
        return labels;
    }

    static Set<String> names(Iterable<String> texts) {
        Set<String> names = new HashSet<>();
        texts.forEach(text -> names.add(text.trim()));
        return names;
    }

    /** The values of attributes, all of which must have a prefix, by name. */
    static Map<String, String> values(String node, List<NodeAttributeProto> protos, String prefix) throws IOException {
        Map<String, String> values = new HashMap<>();
        for (NodeAttributeProto proto : protos) {
            NodeAttributeKeyProto key = proto.getAttributeKey();
            if (!key.getAttributePrefix().equals(prefix)) {
                throw new IOException(
                        "Invalid Attribute Mapping for the node " + node + ". Prefix should be " + prefix);
            }
            String name = key.getAttributeName().trim();
            NodeLabelUtil.checkAndThrowAttributeName(name);
            NodeLabelUtil.checkAndThrowAttributeValue(proto.getAttributeValue());
            values.put(name, proto.getAttributeValue().trim());
        }
        return values;
    }

    static AttributeKey key(NodeAttributeKeyProto proto) {
        return new AttributeKey(proto.getAttributePrefix(), proto.getAttributeName());
    }

    static NodeAttributeKeyProto proto(AttributeKey key) {
        return NodeAttributeKeyProto.newBuilder()
                .setAttributePrefix(key.prefix())
                .setAttributeName(key.name())
                .build();
    }

    static NodeAttributeProto proto(AttributeKey key, String value) {
        return NodeAttributeProto.newBuilder()
                .setAttributeKey(proto(key))
                .setAttributeType(NodeAttributeTypeProto.STRING)
                .setAttributeValue(value)
                .build();
    }
}
