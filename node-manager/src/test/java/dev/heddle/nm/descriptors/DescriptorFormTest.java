package dev.heddle.nm.descriptors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.yarn.api.records.NodeAttribute;
import org.apache.hadoop.yarn.api.records.NodeLabel;
import org.junit.jupiter.api.Test;

class DescriptorFormTest {
    private static Map<String, String> values(Set<NodeAttribute> attributes) {
        Map<String, String> values = new TreeMap<>();
        attributes.forEach(attribute -> values.put(
                attribute.getAttributeKey().getAttributePrefix() + "/"
                        + attribute.getAttributeKey().getAttributeName(),
                attribute.getAttributeValue()));
        return values;
    }

    @Test
    void shouldReadALabel() throws IOException {
        assertThat(DescriptorForm.LABEL.configured("gpu")).containsExactly(NodeLabel.newInstance("gpu"));
        assertThat(DescriptorForm.LABEL.configured("")).isEmpty();
        assertThat(DescriptorForm.LABEL.printed(Stream.of("looking", " NODE_PARTITION: gpu ", "done")))
                .containsExactly(NodeLabel.newInstance("gpu"));
        assertThat(DescriptorForm.LABEL.printed(Stream.of("NODE_PARTITION:old", "NODE_PARTITION:new")))
                .containsExactly(NodeLabel.newInstance("new"));
        assertThat(DescriptorForm.LABEL.printed(Stream.of("nothing to see"))).isEmpty();
        assertThatThrownBy(() -> DescriptorForm.LABEL.configured("no label"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no label");
    }

    @Test
    void shouldReadAttributes() throws IOException {
        assertThat(values(DescriptorForm.ATTRIBUTES.configured("os,STRING,linux:java,STRING,17")))
                .isEqualTo(Map.of("nm.yarn.io/os", "linux", "nm.yarn.io/java", "17"));
        assertThat(DescriptorForm.ATTRIBUTES.configured("")).isEmpty();
        assertThat(values(DescriptorForm.ATTRIBUTES.printed(
                        Stream.of("looking", "NODE_ATTRIBUTE:os,STRING,linux", " NODE_ATTRIBUTE:java,STRING,17"))))
                .isEqualTo(Map.of("nm.yarn.io/os", "linux", "nm.yarn.io/java", "17"));
    }

    @Test
    void shouldSayWhatIsNoAttribute() {
        Map.of(
                        "os,STRING", "'os,STRING' is no attribute of the form NAME,STRING,VALUE",
                        "os,NUMBER,1", "'NUMBER' is no type of an attribute: write one of [STRING]",
                        "nm.yarn.io/os,STRING,x", "'nm.yarn.io/os' has a prefix",
                        "os,STRING,a:os,STRING,b", "it names an attribute twice",
                        "o s,STRING,a", "o s")
                .forEach((text, words) -> assertThatThrownBy(() -> DescriptorForm.ATTRIBUTES.configured(text))
                        .as(text)
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining(words));
    }
}
