package dev.heddle.app.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.app.ApplicationSettings;
import dev.heddle.common.rpc.client.LeaderConnection;
import dev.heddle.common.rpc.client.LeaderSearch;
import dev.heddle.common.rpc.client.RpcIdentity;
import dev.heddle.common.rpc.transport.RpcThreads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.ApplicationMasterProtocolPB;
import org.apache.hadoop.yarn.api.protocolrecords.AllocateRequest;
import org.apache.hadoop.yarn.api.protocolrecords.AllocateResponse;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.NMToken;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.ResourceRequest;
import org.apache.hadoop.yarn.api.records.Token;
import org.apache.hadoop.yarn.proto.YarnProtos.FinalApplicationStatusProto;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The conversation with resource managers that lead, follow, forget and lose answers. */
final class ResourceManagerLinkTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final long SEED = 1;
    private static final int KEY = 7;

    private static final ApplicationAttemptId ATTEMPT =
            ApplicationAttemptId.newInstance(ApplicationId.newInstance(1, 1), 1);
    private static final NodeId NODE = NodeId.newInstance("node", 1);
    private static final Resource LARGE = Resource.newInstance(1 << 20, 1 << 10);

    private final Configuration configuration = new Configuration(false);
    private final RpcThreads threads = RpcThreads.start(configuration);
    private final ScheduledExecutorService loop = threads.loop();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final NodeTokens nodeTokens = new NodeTokens();
    private final Listener events = new Listener();
    private final ScriptedResourceManager first = closing(new ScriptedResourceManager(threads));
    private final ScriptedResourceManager second = closing(new ScriptedResourceManager(threads));

    private static final class Listener implements ContainerEvents {
        final BlockingQueue<Container> granted = new LinkedBlockingQueue<>();
        final BlockingQueue<ContainerStatus> completed = new LinkedBlockingQueue<>();
        final BlockingQueue<String> disowned = new LinkedBlockingQueue<>();

        @Override
        public void granted(List<Container> containers) {
            granted.addAll(containers);
        }

        @Override
        public void completed(List<ContainerStatus> statuses) {
            completed.addAll(statuses);
        }

        @Override
        public void disowned(String reason) {
            disowned.add(reason);
        }

        @Override
        public float progress() {
            return 0.5f;
        }
    }

    @AfterEach
    void stop() throws Exception {
        Collections.reverse(open);
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
        threads.close();
    }

    private <T extends AutoCloseable> T closing(T closeable) {
        open.add(closeable);
        return closeable;
    }

    private ResourceManagerLink link(LeaderConnection.Patience patience, InetSocketAddress... resourceManagers) {
        configuration.setIfUnset(ApplicationSettings.HEARTBEAT_INTERVAL.key(), "20");
        configuration.set(ApplicationSettings.ALLOCATION_INTERVAL.key(), "10ms");
        LeaderSearch search = new LeaderSearch(
                threads,
                configuration,
                List.of(resourceManagers),
                ApplicationMasterProtocolPB.class,
                RpcIdentity.token("ada", ScriptedResourceManager.token(ATTEMPT, KEY)),
                new Random(SEED));
        return closing(new ResourceManagerLink(
                configuration, new LeaderConnection(search, patience, loop), "ada", nodeTokens, loop));
    }

    /** A link that is registered with the first of two resource managers. */
    private ResourceManagerLink started() throws Exception {
        return started(new LeaderConnection.Patience(LONG, LONG));
    }

    private ResourceManagerLink started(LeaderConnection.Patience patience) throws Exception {
        second.standby = true;
        ResourceManagerLink link = link(patience, first.address(), second.address());
        link.start("here", 4711, "http://here/", events).get();
        return link;
    }

    private void failOver() {
        first.standby = true;
        second.standby = false;
    }

    private static Container container(int number) {
        return Container.newInstance(
                ContainerId.newContainerId(ATTEMPT, number), NODE, "node:2", LARGE, Priority.newInstance(1), null);
    }

    private static UnaryOperator<AllocateResponse> grant(Container... containers) {
        return response -> {
            response.setAllocatedContainers(List.of(containers));
            return response;
        };
    }

    /** What was asked for by the first call, from now on, that asks for something. */
    private static int nextAsk(ScriptedResourceManager resourceManager) throws InterruptedException {
        while (true) {
            List<ResourceRequest> asks = resourceManager.allocations.take().getAskList();
            if (!asks.isEmpty()) {
                assertThat(asks).hasSize(1);
                assertThat(asks.get(0).getResourceName()).isEqualTo(ResourceRequest.ANY);
                assertThat(asks.get(0).getRelaxLocality()).isTrue();
                return asks.get(0).getNumContainers();
            }
        }
    }

    private static List<ContainerId> nextReleases(ScriptedResourceManager resourceManager) throws InterruptedException {
        while (true) {
            List<ContainerId> releases = resourceManager.allocations.take().getReleaseList();
            if (!releases.isEmpty()) {
                return releases;
            }
        }
    }

    /** Asks until the number is as it should be, for numbers on the way there depend on who was faster. */
    private static void awaitAsk(ScriptedResourceManager resourceManager, int containers) throws InterruptedException {
        int ask = nextAsk(resourceManager);
        while (ask != containers) {
            ask = nextAsk(resourceManager);
        }
    }

    @Test
    void shouldRegisterAndAskForWhatIsMissing() throws Exception {
        ResourceManagerLink link = started();
        link.setTarget(3);
        awaitAsk(first, 3);
        first.answers.add(grant(container(2)));

        assertThat(events.granted.take().getId().getContainerId()).isEqualTo(2);
        assertThat(nextAsk(first)).as("what is asked for beside the grant").isEqualTo(2);
        link.setTarget(1);
        assertThat(nextAsk(first)).isZero();
        assertThat(first.allocations.take().getProgress()).isEqualTo(0.5f);
        assertThat(first.registrations.take())
                .returns("here", registration -> registration.getHost())
                .returns(4711, registration -> registration.getRpcPort())
                .returns("http://here/", registration -> registration.getTrackingUrl());
    }

    @Test
    void shouldGiveBackWhatIsTooMany() throws Exception {
        ResourceManagerLink link = started();
        link.setTarget(1);
        awaitAsk(first, 1);
        first.answers.add(grant(container(2), container(3)));

        assertThat(nextReleases(first)).containsExactly(container(3).getId());
        assertThat(events.granted)
                .extracting(Container::getId)
                .containsExactly(container(2).getId());
    }

    @Test
    void shouldAskForAnotherInPlaceOfOneThatEnds() throws Exception {
        ResourceManagerLink link = started();
        link.setTarget(1);
        awaitAsk(first, 1);
        first.answers.add(grant(container(2)));
        awaitAsk(first, 0);
        ContainerStatus ended = ContainerStatus.newInstance(
                container(2).getId(), ContainerState.COMPLETE, "gone", ContainerExitStatus.PREEMPTED);
        first.answers.add(response -> {
            response.setCompletedContainersStatuses(List.of(ended));
            return response;
        });

        assertThat(nextAsk(first)).isOne();
        assertThat(events.completed.take().getDiagnostics()).isEqualTo("gone");
    }

    @Test
    void shouldKeepTheTokensOfNodes() throws Exception {
        Token token = Token.newInstance(new byte[] {1}, "NMToken", new byte[] {2}, "node:1");
        first.answers.add(response -> {
            response.setNMTokens(List.of(NMToken.newInstance(NODE, token)));
            return grant(container(2)).apply(response);
        });
        ResourceManagerLink link = started();
        link.setTarget(1);
        first.answers.add(grant(container(3)));

        assertThat(events.granted.take()).isNotNull();
        assertThat(nodeTokens.of(NODE)).isEqualTo(token);
        assertThat(nodeTokens.of(NodeId.newInstance("node", 2))).isNull();
    }

    @Test
    void shouldTellANewLeaderEverything() throws Exception {
        ResourceManagerLink link = started();
        link.setTarget(4);
        awaitAsk(first, 4);
        first.answers.add(grant(container(2), container(3)));
        awaitAsk(first, 2);
        link.release(container(3).getId());
        assertThat(nextReleases(first)).containsExactly(container(3).getId());

        failOver();

        assertThat(second.registrations.take().getHost()).isEqualTo("here");
        AllocateRequest request = second.allocations.take();
        assertThat(request.getResponseId()).isZero();
        assertThat(request.getAskList())
                .extracting(ResourceRequest::getNumContainers)
                .containsExactly(3);
        assertThat(request.getReleaseList()).containsExactly(container(3).getId());
        second.answers.add(grant(container(4)));
        awaitAsk(second, 2);
        assertThat(events.disowned).isEmpty();
    }

    @Test
    void shouldTakeAGrantOnceWhoseAnswerWasLost() throws Exception {
        ResourceManagerLink link = started(new LeaderConnection.Patience(SHORT, LONG));
        first.answers.add(response -> {
            first.losses.set(1);
            return grant(container(2)).apply(response);
        });
        first.answers.add(UnaryOperator.identity());
        link.setTarget(2);

        assertThat(events.granted.take().getId()).isEqualTo(container(2).getId());
        first.answers.add(grant(container(3)));
        assertThat(events.granted.take().getId()).isEqualTo(container(3).getId());
        assertThat(events.granted).isEmpty();
        assertThat(first.registrations).hasSize(1);
    }

    @Test
    void shouldGoOnWhereTheAnswerToTheRegistrationWasLost() throws Exception {
        first.losses.set(1);
        ResourceManagerLink link = started(new LeaderConnection.Patience(SHORT, LONG));
        link.setTarget(1);

        awaitAsk(first, 1);
        assertThat(first.registrations).hasSize(1);
    }

    @Test
    void shouldShowTheNewTokenWhenTheKeyHasRolled() throws Exception {
        org.apache.hadoop.security.token.Token<?> rolled = ScriptedResourceManager.token(ATTEMPT, KEY + 1);
        first.answers.add(response -> {
            response.setAMRMToken(
                    Token.newInstance(rolled.getIdentifier(), rolled.getKind().toString(), rolled.getPassword(), ""));
            return response;
        });
        started();

        assertThat(first.keys.take()).isEqualTo(KEY);
        assertThat(first.keys.take()).isEqualTo(KEY + 1);
        failOver();
        assertThat(second.keys.take()).isEqualTo(KEY + 1);
    }

    @Test
    void shouldSayThatTheResourceManagerHasEndedTheAttempt() throws Exception {
        started();
        first.attemptEnded = true;

        assertThat(events.disowned.take()).contains("has ended this attempt");
    }

    @Test
    void shouldSayThatThereIsNoResourceManagerAnyMore() throws Exception {
        started(new LeaderConnection.Patience(LONG, Duration.ofNanos(1)));
        first.standby = true;

        assertThat(events.disowned.take()).contains("cannot be talked to").contains("another one leads");
    }

    @Test
    void shouldFailToStartWhereNoResourceManagerListens() throws IOException {
        InetSocketAddress nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
        }
        ResourceManagerLink link = link(new LeaderConnection.Patience(LONG, Duration.ofNanos(1)), nobody);

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> link.start("here", 1, "", events).get())
                .withMessageContaining("cannot be reached");
    }

    @Test
    void shouldAskUntilTheOutcomeIsRecorded() throws Exception {
        first.questions.set(2);
        started().finish(FinalOutcome.failed("no luck")).get();

        assertThat(first.ends).hasSize(3);
        assertThat(first.ends.take())
                .returns("no luck", end -> end.getDiagnostics())
                .returns(FinalApplicationStatusProto.APP_FAILED, end -> end.getFinalApplicationStatus());
    }

    @Test
    void shouldTellTheOutcomeToANewLeader() throws Exception {
        ResourceManagerLink link = started();
        failOver();
        link.finish(FinalOutcome.succeeded()).get();

        assertThat(second.registrations).hasSize(1);
        assertThat(second.ends).hasSize(1);
    }

    @Test
    void shouldLeaveTheOutcomeToTheNextAttempt() throws Exception {
        started().finish(FinalOutcome.attemptLost("gone")).get(LONG.toSeconds(), TimeUnit.SECONDS);

        assertThat(first.ends).isEmpty();
    }

    @Test
    void shouldCallAtOnceWhenSomethingIsWanted() throws Exception {
        configuration.setLong(ApplicationSettings.HEARTBEAT_INTERVAL.key(), 3_600_000);
        ResourceManagerLink link = started();
        assertThat(first.allocations.take().getResponseId()).isZero();

        link.setTarget(1);

        awaitAsk(first, 1);
    }
}
