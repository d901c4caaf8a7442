package dev.heddle.nm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.common.UserException;
import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKind;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NodeCapabilityTest {
    private static final Resource BY_DEFAULT = new Resource(8192, 8);

    private final Configuration configuration = new Configuration(false);

    @BeforeEach
    void declare() {
        configuration.set("yarn.resource-types", "yarn.io/gpu,disk");
        configuration.set("yarn.resource-types.disk.units", "Gi");
    }

    @Test
    void shouldOfferWhatIsSetOfEachKindInItsUnit() {
        configuration.set("yarn.nodemanager.resource-type.yarn.io/gpu", "4");
        configuration.set("yarn.nodemanager.resource-type.disk", "2Ti");
        assertThat(NodeCapability.read(configuration))
                .isEqualTo(BY_DEFAULT
                        .and(ResourceKind.pieces("yarn.io/gpu"), 4)
                        .and(new ResourceKind("disk", "Gi"), 2048));
    }

    @Test
    void shouldOfferNothingOfKindsThatAreNotSet() {
        assertThat(NodeCapability.read(configuration)).isEqualTo(BY_DEFAULT);
    }

    @Test
    void shouldRefuseKindsThatAreNotDeclared() {
        configuration.set("yarn.nodemanager.resource-type.fpga", "4");
        assertThatThrownBy(() -> NodeCapability.read(configuration))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(
                        "yarn.nodemanager.resource-type.fpga is set, but yarn.resource-types does not name");
    }

    @Test
    void shouldRefuseWhatIsNoAmount() {
        for (String text : new String[] {"four", "-1", "3 Xi", ""}) {
            configuration.set("yarn.nodemanager.resource-type.disk", text);
            assertThatThrownBy(() -> NodeCapability.read(configuration))
                    .isInstanceOf(UserException.class)
                    .hasMessageStartingWith("yarn.nodemanager.resource-type.disk is '" + text + "', which is no whole");
        }
    }
}
