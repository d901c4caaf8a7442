package dev.heddle.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.common.UserException;
import java.net.InetSocketAddress;
import java.util.List;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.junit.jupiter.api.Test;

class ResourceManagerAddressesTest {
    private static final String ADDRESS = YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS;

    private final YarnConfiguration configuration = new YarnConfiguration();

    private void several(String ids) {
        configuration.setBoolean(YarnConfiguration.RM_HA_ENABLED, true);
        configuration.set(YarnConfiguration.RM_HA_IDS, ids);
    }

    private List<String> names() {
        return names(ResourceManagerAddresses.forNodes(configuration));
    }

    private static List<String> names(List<InetSocketAddress> addresses) {
        return addresses.stream()
                .map(address -> address.getHostString() + ":" + address.getPort())
                .toList();
    }

    @Test
    void shouldFollowTheHostOfASingleOne() {
        configuration.set(YarnConfiguration.RM_HOSTNAME, "127.0.0.1");

        assertThat(names()).containsExactly("127.0.0.1:8031");
    }

    @Test
    void shouldTellThePortsOfEachServiceApart() {
        configuration.set(YarnConfiguration.RM_HOSTNAME, "127.0.0.1");
        configuration.set(YarnConfiguration.RM_ADDRESS, "127.0.0.1:4712");

        assertThat(names(ResourceManagerAddresses.forMasters(configuration))).containsExactly("127.0.0.1:8030");
        assertThat(names(ResourceManagerAddresses.forClients(configuration))).containsExactly("127.0.0.1:4712");
    }

    @Test
    void shouldReadEveryOneOfSeveral() {
        several("one,two");
        configuration.set(ADDRESS + ".one", "127.0.0.1:4711");
        configuration.set(YarnConfiguration.RM_HOSTNAME + ".two", "127.0.0.2");

        assertThat(names()).containsExactlyInAnyOrder("127.0.0.1:4711", "127.0.0.2:8031");
    }

    @Test
    void shouldSayWhichAddressIsMissingOrWrong() {
        several("one,two");
        configuration.set(ADDRESS + ".one", "127.0.0.1:port");
        assertThatThrownBy(() -> ResourceManagerAddresses.forNodes(configuration))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(ADDRESS + ".one is '127.0.0.1:port'");

        configuration.set(ADDRESS + ".one", "127.0.0.1:1");
        assertThatThrownBy(() -> ResourceManagerAddresses.forNodes(configuration))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("resource manager two");
    }
}
