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

    private static final Machine MACHINE = new Machine(64 * 1024, 32, 16);

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
        assertThat(NodeCapability.read(configuration, MACHINE))
                .isEqualTo(BY_DEFAULT
                        .and(ResourceKind.pieces("yarn.io/gpu"), 4)
                        .and(new ResourceKind("disk", "Gi"), 2048));
    }

    @Test
    void shouldOfferNothingOfKindsThatAreNotSet() {
        assertThat(NodeCapability.read(configuration, MACHINE)).isEqualTo(BY_DEFAULT);
    }

    @Test
    void shouldOfferMemoryAndCoresAsFurtherKindsAreWritten() {
        configuration.set("yarn.nodemanager.resource-type.memory-mb", "16Gi");
        configuration.set("yarn.nodemanager.resource-type.vcores", "6");
        assertThat(NodeCapability.read(configuration, MACHINE)).isEqualTo(new Resource(16 * 1024, 6));

        configuration.set("yarn.nodemanager.resource-type.memory-mb", "3Pi");
        assertThatThrownBy(() -> NodeCapability.read(configuration, MACHINE))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("yarn.nodemanager.resource-type.memory-mb is '3Pi', which is more than");
    }

    @Test
    void shouldOfferWhatTheMachineHasWhereThatIsWanted() {
        configuration.setBoolean(NodeManagerSettings.DETECT_HARDWARE.key(), true);
        configuration.setInt(NodeManagerSettings.RESERVED_MEMORY.key(), 4 * 1024);
        assertThat(NodeCapability.read(configuration, MACHINE)).isEqualTo(new Resource(60 * 1024, 16));

        configuration.setBoolean(NodeManagerSettings.LOGICAL_PROCESSORS.key(), true);
        configuration.set(NodeManagerSettings.VCORES_PER_CORE.key(), "1.5");
        assertThat(NodeCapability.read(configuration, MACHINE)).isEqualTo(new Resource(60 * 1024, 48));

        configuration.setInt("yarn.nodemanager.resource.percentage-physical-cpu-limit", 50);
        assertThat(NodeCapability.read(configuration, MACHINE)).isEqualTo(new Resource(60 * 1024, 24));

        configuration.setInt(NodeManagerSettings.MEMORY.key(), 1000);
        configuration.setInt(NodeManagerSettings.VCORES.key(), 3);
        assertThat(NodeCapability.read(configuration, MACHINE)).isEqualTo(new Resource(1000, 3));
    }

    @Test
    void shouldKeepMemoryForTheRestOfTheMachine() {
        configuration.setBoolean(NodeManagerSettings.DETECT_HARDWARE.key(), true);
        long ownMb = Runtime.getRuntime().maxMemory() >> 20;
        Machine large = new Machine(1024 * 1024, 1, 1);
        assertThat(NodeCapability.read(configuration, large))
                .isEqualTo(new Resource((long) (0.8 * (large.memoryMb() - 2 * ownMb)), 1));

        configuration.setInt(NodeManagerSettings.RESERVED_MEMORY.key(), 2 * 1024 * 1024);
        assertThatThrownBy(() -> NodeCapability.read(configuration, large))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("would offer 0 MB");
    }

    @Test
    void shouldRefuseWhatNoCoreCanBeWorth() {
        configuration.setBoolean(NodeManagerSettings.DETECT_HARDWARE.key(), true);
        for (String text : new String[] {"0", "-1", "NaN", "many"}) {
            configuration.set(NodeManagerSettings.VCORES_PER_CORE.key(), text);
            assertThatThrownBy(() -> NodeCapability.read(configuration, MACHINE))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining(NodeManagerSettings.VCORES_PER_CORE.key());
        }
    }

    @Test
    void shouldRefuseKindsThatAreNotDeclared() {
        configuration.set("yarn.nodemanager.resource-type.fpga", "4");
        assertThatThrownBy(() -> NodeCapability.read(configuration, MACHINE))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(
                        "yarn.nodemanager.resource-type.fpga is set, but yarn.resource-types does not name");
    }

    @Test
    void shouldRefuseWhatIsNoAmount() {
        for (String text : new String[] {"four", "-1", "3 Xi", ""}) {
            configuration.set("yarn.nodemanager.resource-type.disk", text);
            assertThatThrownBy(() -> NodeCapability.read(configuration, MACHINE))
                    .isInstanceOf(UserException.class)
                    .hasMessageStartingWith("yarn.nodemanager.resource-type.disk is '" + text + "', which is no whole");
        }
    }
}
