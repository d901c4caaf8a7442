package dev.heddle.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.common.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoClusterIT {
    private static final Distribution DISTRIBUTION =
            new Distribution(Path.of("target", "heddle").toAbsolutePath());

    private final Path directory;
    private final List<ServerSocket> taken = new ArrayList<>();

    DemoClusterIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @AfterEach
    void freePorts() throws IOException {
        for (ServerSocket socket : taken) {
            socket.close();
        }
    }

    /** Takes a port that was found free, once: as somebody else would, between the look and the use. */
    private final class Rival extends ScriptedPorts {
        private final List<Integer> proposed = new ArrayList<>();
        private final int victim;

        Rival(int victim) {
            super(List.of());
            this.victim = victim;
        }

        @Override
        public int nextInt(int origin, int bound) {
            int port = super.nextInt(origin, bound);
            proposed.add(port);
            if (proposed.size() == DemoConfiguration.portsNeeded()) {
                try {
                    taken.add(new ServerSocket(proposed.get(victim), 1, InetAddress.getLoopbackAddress()));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return port;
        }
    }

    private void startAgainst(RandomGenerator random) throws IOException, InterruptedException {
        DemoConfiguration configuration = new DemoConfiguration(directory, DISTRIBUTION.libraries(), 1024);
        try (DemoCluster cluster = new DemoCluster(DISTRIBUTION, configuration, random)) {
            cluster.start();
            assertThat(taken).hasSize(1);
            String port = Integer.toString(taken.get(0).getLocalPort());
            assertThat(Files.readString(configuration.clientDirectory().resolve("yarn-site.xml")))
                    .doesNotContain(":" + port + "<");
        }
    }

    @Test
    void shouldStartAgainWhenThePortOfZooKeeperWasTaken() throws Exception {
        startAgainst(new Rival(0));
    }

    @Test
    void shouldStartAgainWhenAPortOfAResourceManagerWasTaken() throws Exception {
        startAgainst(new Rival(2));
    }

    @Test
    void shouldStartNothingAfterItWasClosed() throws Exception {
        DemoConfiguration configuration = new DemoConfiguration(directory, DISTRIBUTION.libraries(), 1024);
        DemoCluster cluster = new DemoCluster(DISTRIBUTION, configuration, RandomGenerator.getDefault());
        cluster.close();
        assertThatThrownBy(cluster::start).isInstanceOf(UserException.class);
    }
}
