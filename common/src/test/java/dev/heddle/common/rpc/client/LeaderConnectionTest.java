package dev.heddle.common.rpc.client;

import static dev.heddle.common.rpc.client.GreetingServer.GREET;
import static dev.heddle.common.rpc.client.GreetingServer.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.common.rpc.transport.RpcThreads;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.security.sasl.SaslException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.ipc.RetriableException;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.hadoop.yarn.exceptions.ApplicationNotFoundException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoResponseProto;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several servers of Hadoop's own, of which one leads, or none, or another one by and by. */
class LeaderConnectionTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration NONE = Duration.ofNanos(1);
    private static final long SEED = 1;

    private final Configuration configuration = new Configuration(false);
    private final RpcThreads threads = RpcThreads.start(configuration);
    private final List<AutoCloseable> open = new ArrayList<>();

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

    private GreetingServer leader(String greeting) {
        return server(name -> CompletableFuture.completedFuture(greeting + " " + name));
    }

    private GreetingServer server(GreetingServer.Greeter greeter) {
        return closing(GreetingServer.start(configuration, greeter));
    }

    private GreetingServer standby() {
        return server(name -> {
            throw new StandbyException("another one leads");
        });
    }

    private static InetSocketAddress nobody() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
        }
    }

    private LeaderConnection connect(LeaderConnection.Patience patience, InetSocketAddress... servers) {
        return connect(patience, RpcIdentity.simple("ada"), servers);
    }

    private LeaderConnection connect(
            LeaderConnection.Patience patience, RpcIdentity identity, InetSocketAddress... servers) {
        LeaderSearch search = new LeaderSearch(
                threads, configuration, List.of(servers), GreetingPB.class, identity, new Random(SEED));
        return closing(new LeaderConnection(search, patience, threads.loop()));
    }

    private static LeaderConnection.Patience patient() {
        return new LeaderConnection.Patience(LONG, LONG);
    }

    private static String get(CompletableFuture<GetQueueInfoResponseProto> answer) throws Exception {
        return answer.get().getQueueInfo().getQueueName();
    }

    @Test
    void shouldFindTheLeaderBehindOneThatIsGoneAndOneThatDoesNotLead() throws Exception {
        GreetingServer standby = standby();
        LeaderConnection connection =
                connect(patient(), nobody(), standby.address(), leader("hello").address());

        assertThat(get(connection.call(GREET, request("ada")))).isEqualTo("hello ada");
        assertThat(get(connection.call(GREET, request("bob")))).isEqualTo("hello bob");
        assertThat(standby.callers()).as("who leads is remembered").hasSize(1);
    }

    @Test
    void shouldPassOnTheLeadersOwnAnswer() {
        GreetingServer refusing = server(name -> {
            throw new ApplicationNotFoundException("there is no " + name);
        });
        GreetingServer other = leader("hello");

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> connect(patient(), refusing.address(), other.address())
                        .call(GREET, request("ada"))
                        .get())
                .withCauseExactlyInstanceOf(ApplicationNotFoundException.class)
                .withMessageContaining("there is no ada");
        assertThat(other.callers()).isEmpty();
    }

    @Test
    void shouldWaitForOneToLead() throws Exception {
        AtomicInteger refusals = new AtomicInteger(3);
        GreetingServer becoming = server(name -> {
            if (refusals.getAndDecrement() > 0) {
                throw refusals.get() % 2 == 0
                        ? new StandbyException("nobody leads")
                        : new RetriableException("too busy");
            }
            return CompletableFuture.completedFuture("at last " + name);
        });

        assertThat(get(connect(patient(), becoming.address(), standby().address())
                        .call(GREET, request("ada"))))
                .isEqualTo("at last ada");
    }

    @Test
    void shouldGiveUpOnceEachWasAskedAndTheTimeIsOver() throws Exception {
        GreetingServer one = standby();
        GreetingServer two = standby();
        InetSocketAddress gone = nobody();

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> connect(new LeaderConnection.Patience(LONG, NONE), one.address(), two.address(), gone)
                        .call(GREET, request("ada"))
                        .get())
                .withCauseExactlyInstanceOf(ConnectException.class);
        assertThat(one.callers()).hasSize(1);
        assertThat(two.callers()).hasSize(1);
    }

    @Test
    void shouldAskTheNextWhereOneDoesNotAnswer() throws Exception {
        CompletableFuture<String> never = new CompletableFuture<>();
        GreetingServer hanging = server(name -> never);

        assertThat(get(connect(
                                new LeaderConnection.Patience(SHORT, LONG),
                                hanging.address(),
                                leader("hello").address())
                        .call(GREET, request("ada"))))
                .isEqualTo("hello ada");
        never.complete("too late");
    }

    @Test
    void shouldCarryEveryCallThatIsUnderWayToTheNewLeader() throws Exception {
        int calls = 100;
        CountDownLatch taken = new CountDownLatch(calls);
        AtomicBoolean deposed = new AtomicBoolean();
        CompletableFuture<String> end = new CompletableFuture<>();
        GreetingServer old = server(name -> {
            if (deposed.get()) {
                throw new StandbyException("no more");
            }
            taken.countDown();
            return end;
        });
        LeaderConnection connection =
                connect(patient(), old.address(), leader("hello").address());

        List<CompletableFuture<GetQueueInfoResponseProto>> answers = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            answers.add(connection.call(GREET, request("n" + i)));
        }
        taken.await();
        deposed.set(true);
        end.completeExceptionally(new StandbyException("deposed"));

        for (int i = 0; i < calls; i++) {
            assertThat(get(answers.get(i))).isEqualTo("hello n" + i);
        }
    }

    @Test
    void shouldCallAsSomebodyElseOverANewConnection() throws Exception {
        TestTokens tokens = new TestTokens();
        GreetingServer server = closing(GreetingServer.start(
                configuration, 0, tokens, name -> CompletableFuture.completedFuture("hello " + name)));
        LeaderConnection connection =
                connect(patient(), RpcIdentity.token("nobody", tokens.issue("ada")), server.address());

        get(connection.call(GREET, request("one")));
        connection.identify(RpcIdentity.token("nobody", tokens.issue("bob")));
        get(connection.call(GREET, request("two")));

        assertThat(server.callers()).extracting(user -> user.getUserName()).containsExactly("ada", "bob");
    }

    @Test
    void shouldFailWhatHasNoAnswerWhenItIsClosed() {
        CompletableFuture<String> never = new CompletableFuture<>();
        CountDownLatch taken = new CountDownLatch(1);
        GreetingServer hanging = server(name -> {
            taken.countDown();
            return never;
        });
        LeaderConnection connection = connect(patient(), hanging.address());
        CompletableFuture<GetQueueInfoResponseProto> underWay = connection.call(GREET, request("ada"));

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> {
                    taken.await();
                    connection.close();
                    underWay.get();
                })
                .withMessageContaining("closed");
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> connection.call(GREET, request("bob")).get())
                .withMessageContaining("closed");
        never.complete("too late");
    }

    @Test
    void shouldTellTheLeadersAnswersFromWhatAnotherMayAnswer() {
        for (Throwable passing : List.of(
                new ConnectException("refused"),
                new SocketTimeoutException("late"),
                new OutcomeUnknownException("gone", new IOException("reset")),
                new IOException("the server speaks HTTP"),
                remote(new StandbyException("follower")),
                remote(new RetriableException("busy")),
                new CompletionException(new CompletionException(new ConnectException("refused"))))) {
            assertThat(LeaderSearch.passesOn(passing)).as(passing.toString()).isTrue();
        }
        for (Throwable answer : List.of(
                remote(new ApplicationNotFoundException("none")),
                remote(new IOException("disk full")),
                new RemoteException("some.Unknown", "who knows"),
                new CompletionException(remote(new YarnException("no"))),
                new org.apache.hadoop.security.AccessControlException("no method in common"),
                new SaslException("no ticket"),
                new IllegalArgumentException("no such thing"))) {
            assertThat(LeaderSearch.passesOn(answer)).as(answer.toString()).isFalse();
        }
    }

    private static Throwable remote(Exception answer) {
        return answer.initCause(new RemoteException(answer.getClass().getName(), answer.getMessage()));
    }
}
