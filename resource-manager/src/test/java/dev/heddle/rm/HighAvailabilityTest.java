package dev.heddle.rm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.common.UserException;
import dev.heddle.ha.EmbeddedZooKeeper;
import dev.heddle.testbed.Await;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.hadoop.ha.HAServiceProtocol;
import org.apache.hadoop.ha.HAServiceProtocol.HAServiceState;
import org.apache.hadoop.ha.HAServiceProtocol.RequestSource;
import org.apache.hadoop.ha.HAServiceProtocol.StateChangeRequestInfo;
import org.apache.hadoop.ha.ServiceFailedException;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.hadoop.net.NetUtils;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.yarn.api.ApplicationClientProtocol;
import org.apache.hadoop.yarn.api.protocolrecords.GetNewApplicationRequest;
import org.apache.hadoop.yarn.client.RMHAServiceTarget;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.ipc.YarnRPC;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HighAvailabilityTest {
    private static final int TICK_MS = 200;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void shouldAnswerAsStandbyUntilTheLeaderIsGone(@TempDir Path directory) throws Exception {
        try (EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(
                directory,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                TICK_MS,
                RunningResourceManager.FAULTS)) {
            RunningResourceManager first = RunningResourceManager.start(candidate("rm1", zooKeeper));
            Await.until("the first to lead", LIMIT, () -> leads(first));
            try (RunningResourceManager second = RunningResourceManager.start(candidate("rm2", zooKeeper))) {
                assertThatExceptionOfType(Exception.class)
                        .isThrownBy(() -> ask(second))
                        .withMessageContaining("standby");
                first.close();
                Await.until("the second to lead", LIMIT, () -> leads(second));
            } finally {
                first.close();
            }
        }
    }

    @Test
    void shouldLeaveItToTheElectionWhoLeads(@TempDir Path directory) throws Exception {
        try (EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(
                        directory,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        TICK_MS,
                        RunningResourceManager.FAULTS);
                RunningResourceManager only = RunningResourceManager.start(candidate("rm1", zooKeeper))) {
            Await.until("it to lead", LIMIT, () -> leads(only));
            YarnConfiguration toIt = new YarnConfiguration(only.clientConfiguration());
            toIt.set(
                    YarnConfiguration.RM_ADMIN_ADDRESS + ".rm1",
                    NetUtils.getHostPortString(only.addresses().administration()));
            HAServiceProtocol proxy = new RMHAServiceTarget(toIt).getProxy(toIt, 10_000);
            assertThatExceptionOfType(RemoteException.class)
                    .isThrownBy(() -> proxy.transitionToStandby(by(RequestSource.REQUEST_BY_USER)))
                    .withMessageContaining("automatic failover is enabled")
                    .extracting(RemoteException::getClassName)
                    .isEqualTo(AccessControlException.class.getName());
            assertThatExceptionOfType(RemoteException.class)
                    .as("two leaders are worse than none")
                    .isThrownBy(() -> proxy.transitionToStandby(by(RequestSource.REQUEST_BY_USER_FORCED)))
                    .withMessageContaining("elected on ZooKeeper")
                    .extracting(RemoteException::getClassName)
                    .isEqualTo(ServiceFailedException.class.getName());
            assertThatExceptionOfType(RemoteException.class)
                    .isThrownBy(() -> proxy.transitionToObserver(by(RequestSource.REQUEST_BY_USER)))
                    .withMessageContaining("Does not support transition to Observer")
                    .extracting(RemoteException::getClassName)
                    .isEqualTo(ServiceFailedException.class.getName());
            proxy.transitionToActive(by(RequestSource.REQUEST_BY_USER));
            assertThat(proxy.getServiceStatus().getState())
                    .as("nothing has changed")
                    .isEqualTo(HAServiceState.ACTIVE);
            assertThat(leads(only)).isTrue();
        }
    }

    private static StateChangeRequestInfo by(RequestSource source) {
        return new StateChangeRequestInfo(source);
    }

    @Test
    void shouldSayWhichIdIsMissing() {
        YarnConfiguration configuration = RunningResourceManager.configuration();
        configuration.setBoolean(YarnConfiguration.RM_HA_ENABLED, true);
        configuration.set(YarnConfiguration.RM_HA_IDS, "rm1,rm2");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> RunningResourceManager.start(configuration))
                .withMessageContainingAll("yarn.resourcemanager.ha.id", "not set", "rm1, rm2");
    }

    private static YarnConfiguration candidate(String id, EmbeddedZooKeeper zooKeeper) {
        YarnConfiguration configuration = RunningResourceManager.configuration();
        configuration.setBoolean(YarnConfiguration.RM_HA_ENABLED, true);
        configuration.set(YarnConfiguration.RM_HA_IDS, "rm1,rm2");
        configuration.set(YarnConfiguration.RM_HA_ID, id);
        configuration.set("hadoop.zk.address", zooKeeper.connectString());
        for (String key : new String[] {
            YarnConfiguration.RM_ADDRESS,
            YarnConfiguration.RM_SCHEDULER_ADDRESS,
            YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS,
            YarnConfiguration.RM_ADMIN_ADDRESS,
            YarnConfiguration.RM_WEBAPP_ADDRESS
        }) {
            configuration.set(key + "." + id, "127.0.0.1:0");
        }
        return configuration;
    }

    private static boolean leads(RunningResourceManager resourceManager) throws Exception {
        try {
            ask(resourceManager);
            return true;
        } catch (RemoteException | StandbyException e) {
            return false;
        }
    }

    /** Asks this one RM, without the stock client's own fail-over. */
    private static void ask(RunningResourceManager resourceManager) throws Exception {
        ApplicationClientProtocol proxy = (ApplicationClientProtocol) YarnRPC.create(new YarnConfiguration())
                .getProxy(
                        ApplicationClientProtocol.class,
                        resourceManager.addresses().client(),
                        new YarnConfiguration());
        try {
            assertThat(proxy.getNewApplication(GetNewApplicationRequest.newInstance())
                            .getApplicationId())
                    .isNotNull();
        } finally {
            RPC.stopProxy(proxy);
        }
    }
}
