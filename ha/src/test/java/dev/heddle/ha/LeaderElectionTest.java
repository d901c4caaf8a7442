package dev.heddle.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.common.UserException;
import dev.heddle.common.runtime.FaultHandler;
import dev.heddle.testbed.Await;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaderElectionTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long STANDBY = 0;

    private final Path directory;
    private final AtomicReference<@Nullable Throwable> fault = new AtomicReference<>();
    private final FaultHandler faults = (what, cause) -> fault.set(cause);
    private final List<LeaderElection> electors = new ArrayList<>();
    private EmbeddedZooKeeper zooKeeper;

    LeaderElectionTest(@TempDir Path directory) {
        this.directory = directory.resolve("zookeeper");
        this.zooKeeper = startZooKeeper(this.directory, 0, faults);
    }

    /** What one elector was told, in order: an epoch when it leads, {@link #STANDBY} when it does not. */
    private static final class Told implements LeadershipListener {
        private final List<Long> calls = new CopyOnWriteArrayList<>();

        @Override
        public void lead(long epoch) {
            calls.add(epoch);
        }

        @Override
        public void standBy() {
            calls.add(STANDBY);
        }

        boolean leads() {
            return !calls.isEmpty() && last() != STANDBY;
        }

        long last() {
            return calls.get(calls.size() - 1);
        }
    }

    private static EmbeddedZooKeeper startZooKeeper(Path directory, int port, FaultHandler faults) {
        return EmbeddedZooKeeper.start(
                directory, new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100, faults);
    }

    private void restartZooKeeper(int port) {
        zooKeeper = startZooKeeper(directory, port, faults);
    }

    @AfterEach
    void stop() {
        electors.forEach(LeaderElection::close);
        zooKeeper.close();
        assertThat(fault.get()).isNull();
    }

    private static YarnConfiguration configuration(String address) {
        YarnConfiguration configuration = new YarnConfiguration();
        configuration.set("hadoop.zk.address", address);
        configuration.set("yarn.resourcemanager.zk-timeout-ms", "1000");
        configuration.set("yarn.resourcemanager.cluster-id", "test");
        return configuration;
    }

    private LeaderElection elector(String id, String address, Told told) {
        return elector(id, configuration(address), told);
    }

    private LeaderElection elector(String id, YarnConfiguration configuration, LeadershipListener listener) {
        LeaderElection elector = LeaderElection.start(configuration, id, listener, faults);
        electors.add(elector);
        return elector;
    }

    private static void awaitLeader(Told told) {
        Await.until(() -> "leadership, told so far: " + told.calls, LIMIT, told::leads);
    }

    private static void awaitStandby(Told told) {
        Await.until(() -> "standing by, told so far: " + told.calls, LIMIT, () -> told.last() == STANDBY);
    }

    @Test
    void shouldLetOneOfTwoLeadAndTheOtherFollowOnClose() {
        Told first = new Told();
        Told second = new Told();
        LeaderElection one = elector("rm1", zooKeeper.connectString(), first);
        awaitLeader(first);
        LeaderElection two = elector("rm2", zooKeeper.connectString(), second);
        assertThat(first.calls).containsExactly(1L);
        assertThat(second.calls).isEmpty();

        one.close();
        assertThat(first.calls).containsExactly(1L, STANDBY);
        awaitLeader(second);
        assertThat(second.calls).containsExactly(2L);

        two.close();
        assertThat(second.calls).containsExactly(2L, STANDBY);
    }

    @Test
    void shouldKeepElectionsOfDifferentClustersApart() {
        Told here = new Told();
        Told there = new Told();
        YarnConfiguration other = configuration(zooKeeper.connectString());
        other.set("yarn.resourcemanager.cluster-id", "other");
        elector("rm1", zooKeeper.connectString(), here);
        elector("rm1", other, there);
        awaitLeader(here);
        awaitLeader(there);
        assertThat(here.calls).containsExactly(1L);
        assertThat(there.calls).containsExactly(1L);
    }

    @Test
    void shouldDeposeALeaderThatIsCutOffAndTakeItBackAsCandidate() throws Exception {
        Told first = new Told();
        Told second = new Told();
        try (Forwarder line = new Forwarder(zooKeeper.port())) {
            LeaderElection one = elector("rm1", line.address(), first);
            awaitLeader(first);
            LeaderElection two = elector("rm2", zooKeeper.connectString(), second);

            line.cut();
            awaitStandby(first);
            awaitLeader(second);
            assertThat(second.last()).isGreaterThan(1L);

            line.mend();
            two.close();
            awaitLeader(first);
            assertThat(first.last()).isGreaterThan(second.calls.get(0));
            one.close();
        }
    }

    @Test
    void shouldElectAgainWhenZooKeeperComesBack() {
        Told first = new Told();
        Told second = new Told();
        elector("rm1", zooKeeper.connectString(), first);
        awaitLeader(first);
        elector("rm2", zooKeeper.connectString(), second);

        int port = zooKeeper.port();
        zooKeeper.close();
        awaitStandby(first);
        restartZooKeeper(port);
        Await.until(
                () -> "a leader, told so far: " + first.calls + second.calls,
                LIMIT,
                () -> first.leads() || second.leads());
        assertThat(first.leads() ? first.last() : second.last()).isGreaterThan(1L);
    }

    @Test
    void shouldNeverGiveAnEpochTwiceAcrossRestartsOfEverything() {
        Told first = new Told();
        LeaderElection one = elector("rm1", zooKeeper.connectString(), first);
        awaitLeader(first);
        one.close();
        zooKeeper.close();
        restartZooKeeper(0);
        Told second = new Told();
        elector("rm1", zooKeeper.connectString(), second);
        awaitLeader(second);
        assertThat(first.calls).containsExactly(1L, STANDBY);
        assertThat(second.calls).containsExactly(2L);
    }

    @Test
    void shouldNameAddressAndKeyWhenNoZooKeeperAnswers() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        YarnConfiguration configuration = configuration("127.0.0.1:" + port);
        configuration.set("heddle.ha.connect-limit-ms", "300");
        assertThatThrownBy(() -> LeaderElection.start(configuration, "rm1", new Told(), faults))
                .isInstanceOf(UserException.class)
                .hasMessage("no ZooKeeper answers at 127.0.0.1:" + port
                        + " within 300 ms: start it, or correct hadoop.zk.address");
    }

    @Test
    void shouldAskForTheAddressThatIsMissing() {
        assertThatThrownBy(() -> LeaderElection.start(new YarnConfiguration(), "rm1", new Told(), faults))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("hadoop.zk.address is not set");
    }

    @Test
    void shouldExplainAnAddressThatIsNone() {
        assertThatThrownBy(() -> elector("rm1", "127.0.0.1:port", new Told()))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("hadoop.zk.address is '127.0.0.1:port'");
    }

    @Test
    void shouldHandAListenerThatThrowsToTheFaultHandler() {
        LeadershipListener broken = new LeadershipListener() {
            @Override
            public void lead(long epoch) {
                throw new IllegalStateException("broken");
            }

            @Override
            public void standBy() {}
        };
        elector("rm1", configuration(zooKeeper.connectString()), broken);
        Await.until("a fault", LIMIT, () -> fault.get() != null);
        assertThat(fault.getAndSet(null)).hasMessage("broken");
    }
}
