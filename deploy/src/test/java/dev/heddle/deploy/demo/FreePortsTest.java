package dev.heddle.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.common.UserException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class FreePortsTest {
    @Test
    void shouldPassOverPortsThatAreTakenOrProposedTwice() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int free = freePort();
            FreePorts ports = new FreePorts(2, new ScriptedPorts(List.of(taken.getLocalPort(), free, free)));
            assertThat(ports.nextAddress()).isEqualTo("127.0.0.1:" + free);
            assertThat(ports.nextAddress()).isNotIn("127.0.0.1:" + free, "127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void shouldGiveAsManyDifferentOnesAsAskedFor() {
        FreePorts ports = new FreePorts(20, RandomGenerator.getDefault());
        Set<String> addresses = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            addresses.add(ports.nextAddress());
        }
        assertThat(addresses).hasSize(20);
    }

    @Test
    void shouldSayWhenThereAreNone() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            RandomGenerator always = new ScriptedPorts(Collections.nCopies(2_000, taken.getLocalPort()));
            assertThatThrownBy(() -> new FreePorts(1, always))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("free ports");
        }
    }

    private static int freePort() {
        String address = new FreePorts(1, RandomGenerator.getDefault()).nextAddress();
        return Integer.parseInt(address.substring(address.indexOf(':') + 1));
    }
}
