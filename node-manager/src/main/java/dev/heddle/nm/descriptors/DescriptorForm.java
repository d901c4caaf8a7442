package dev.heddle.nm.descriptors;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.yarn.api.records.NodeAttribute;
import org.apache.hadoop.yarn.api.records.NodeAttributeType;
import org.apache.hadoop.yarn.api.records.NodeLabel;
import org.apache.hadoop.yarn.nodelabels.NodeLabelUtil;

/**
 * How descriptors are written. Pure functions.
 *
 * @param <T> what the node has of them
 */
interface DescriptorForm<T> {
    /**
     * Reads what the configuration says.
     *
     * @throws IOException if it is not written so; the message says what is wrong
     */
    Set<T> configured(String text) throws IOException;

    /**
     * Reads what a script has printed; lines of other kinds are nobody's business.
     *
     * @throws IOException if it is not written so; the message says what is wrong
     */
    Set<T> printed(Stream<String> lines) throws IOException;

    /** A label, of which a node has one or none. */
    DescriptorForm<NodeLabel> LABEL = new DescriptorForm<>() {
        private static final String PREFIX = "NODE_PARTITION:";

        @Override
        public Set<NodeLabel> configured(String text) throws IOException {
            if (text.isEmpty()) {
                return Set.of();
            }
            NodeLabelUtil.checkAndThrowLabelName(text);
            return Set.of(NodeLabel.newInstance(text));
        }

        @Override
        public Set<NodeLabel> printed(Stream<String> lines) throws IOException {
            List<String> names = lines.map(String::trim)
                    .filter(line -> line.startsWith(PREFIX))
                    .map(line -> line.substring(PREFIX.length()).trim())
                    .toList();
            return names.isEmpty() ? Set.of() : configured(names.get(names.size() - 1));
        }
    };

    /** Attributes, each with a name, a type and a value. */
    DescriptorForm<NodeAttribute> ATTRIBUTES = new DescriptorForm<>() {
        private static final String PREFIX = "NODE_ATTRIBUTE:";
        private static final int FIELDS = 3;

        @Override
        public Set<NodeAttribute> configured(String text) throws IOException {
            return text.isEmpty() ? Set.of() : read(Arrays.asList(text.split(":", -1)));
        }

        @Override
        public Set<NodeAttribute> printed(Stream<String> lines) throws IOException {
            return read(lines.map(String::trim)
                    .filter(line -> line.startsWith(PREFIX))
                    .map(line -> line.substring(PREFIX.length()))
                    .toList());
        }

        private static Set<NodeAttribute> read(List<String> texts) throws IOException {
            List<NodeAttribute> attributes = new ArrayList<>();
            for (String text : texts) {
                attributes.add(read(text));
            }
            // Two of the same name are the same to it, whatever their values.
            Set<NodeAttribute> different = new HashSet<>(attributes);
            if (different.size() < attributes.size()) {
                throw new IOException("it names an attribute twice: " + String.join(" ", texts));
            }
            NodeLabelUtil.validateNodeAttributes(different);
            return Set.copyOf(different);
        }

        private static NodeAttribute read(String text) throws IOException {
            String[] fields = text.trim().split(",", -1);
            if (fields.length != FIELDS) {
                throw new IOException("'" + text + "' is no attribute of the form NAME,STRING,VALUE");
            }
            if (fields[0].contains("/")) {
                throw new IOException("'" + fields[0] + "' has a prefix, which a node cannot choose: leave it out");
            }
            for (NodeAttributeType type : NodeAttributeType.values()) {
                if (type.name().equals(fields[1])) {
                    return NodeAttribute.newInstance(NodeAttribute.PREFIX_DISTRIBUTED, fields[0], type, fields[2]);
                }
            }
            throw new IOException("'" + fields[1] + "' is no type of an attribute: write one of "
                    + Arrays.toString(NodeAttributeType.values()));
        }
    };
}
