package dev.heddle.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.common.UserException;
import dev.heddle.common.runtime.FaultHandler;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedZooKeeperTest {
    private static final FaultHandler NO_FAULTS = (what, cause) -> {
        throw new AssertionError(what, cause);
    };

    private final Path directory;

    EmbeddedZooKeeperTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private static Configuration configuration(Map<String, String> values) {
        Configuration configuration = new Configuration(false);
        values.forEach(configuration::set);
        return configuration;
    }

    private Configuration at(String address) {
        return configuration(Map.of(
                "heddle.zookeeper.address",
                address,
                "heddle.zookeeper.data-dir",
                directory.resolve("data").toString()));
    }

    @Test
    void shouldServeAtAFreePortOfLoopbackUntilItIsClosed() throws IOException {
        EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(at("127.0.0.1:0"), NO_FAULTS);
        int port = zooKeeper.port();
        assertThat(zooKeeper.description()).isEqualTo("zookeeper 127.0.0.1:" + port);
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        // A wildcard address would be taken here too.
        new ServerSocket(port, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 2})).close();

        zooKeeper.close();
        zooKeeper.close();
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port))
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void shouldNameTheAddressThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            assertThatThrownBy(() -> EmbeddedZooKeeper.start(at(address), NO_FAULTS))
                    .isInstanceOf(UserException.class)
                    .hasMessageStartingWith("cannot serve ZooKeeper at " + address)
                    .hasMessageContaining("Address already in use")
                    .hasMessageContaining("heddle.zookeeper.address");
        }
    }

    @Test
    void shouldNameTheDirectoryThatCannotBeMade() throws IOException {
        Path file = Files.writeString(directory.resolve("data"), "a file stands here");
        assertThatThrownBy(() -> EmbeddedZooKeeper.start(at("127.0.0.1:0"), NO_FAULTS))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("heddle.zookeeper.data-dir");
    }

    @Test
    void shouldExplainWrongSettings() {
        assertThatThrownBy(() -> EmbeddedZooKeeper.start(configuration(Map.of()), NO_FAULTS))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("heddle.zookeeper.data-dir is not set");
        for (String wrong : new String[] {"2181", ":2181", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:-1"}) {
            assertThatThrownBy(() -> EmbeddedZooKeeper.start(at(wrong), NO_FAULTS))
                    .isInstanceOf(UserException.class)
                    .hasMessageStartingWith("heddle.zookeeper.address is '" + wrong + "'");
        }
    }
}
