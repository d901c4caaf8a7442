package dev.heddle.bench.rm;

import dev.heddle.common.rpc.client.RpcCall;
import dev.heddle.common.rpc.client.RpcClient;
import dev.heddle.common.rpc.client.RpcConnection;
import dev.heddle.common.rpc.client.RpcIdentity;
import dev.heddle.common.rpc.client.WhenUnreachable;
import dev.heddle.common.rpc.transport.RpcThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.apache.hadoop.yarn.api.ApplicationClientProtocolPB;
import org.apache.hadoop.yarn.api.ApplicationMasterProtocolPB;
import org.apache.hadoop.yarn.proto.ApplicationClientProtocol.ApplicationClientProtocolService;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationIdProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationReportProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationSubmissionContextProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerLaunchContextProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetApplicationReportRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetApplicationReportResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetNewApplicationRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetNewApplicationResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.SubmitApplicationRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.SubmitApplicationResponseProto;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;
import org.apache.hadoop.yarn.server.api.ResourceTrackerPB;

/**
 * The nodes and masters of one resource manager, each on a connection of its own. Nodes of a cluster that is not measured
 * say nothing.
 */
final class SimulatedCluster implements AutoCloseable {
    private static final Duration CALL_LIMIT = Duration.ofMinutes(1);
    private static final Duration TOKEN_LIMIT = Duration.ofSeconds(30);
    private static final long POLL_MS = 20;
    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final long HEARTBEAT_PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final String USER = "bench";

    private static final RpcCall<GetNewApplicationRequestProto, GetNewApplicationResponseProto> NEW_APPLICATION =
            client(
                    "getNewApplication",
                    GetNewApplicationRequestProto.getDefaultInstance(),
                    GetNewApplicationResponseProto.getDefaultInstance());
    private static final RpcCall<SubmitApplicationRequestProto, SubmitApplicationResponseProto> SUBMIT = client(
            "submitApplication",
            SubmitApplicationRequestProto.getDefaultInstance(),
            SubmitApplicationResponseProto.getDefaultInstance());
    private static final RpcCall<GetApplicationReportRequestProto, GetApplicationReportResponseProto> REPORT = client(
            "getApplicationReport",
            GetApplicationReportRequestProto.getDefaultInstance(),
            GetApplicationReportResponseProto.getDefaultInstance());

    private final RpcThreads threads;
    private final RpcClient client;
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final List<SimulatedMaster> masters = new ArrayList<>();
    private final LongAdder heartbeats = new LongAdder();
    private final LongAdder grants = new LongAdder();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final int burst;
    private volatile Histogram latency = new ConcurrentHistogram(LONGEST_NANOS, 3);
    private volatile boolean closed;
    /** Goes up when a load ends; what belongs to a former one does not go on. */
    private final AtomicInteger turn = new AtomicInteger();

    private volatile boolean greedy;

    private SimulatedCluster(RpcThreads threads, int burst) {
        this.threads = threads;
        this.client = RpcClient.create(threads, new Configuration());
        this.burst = burst;
    }

    private static <Q extends Message, R extends Message> RpcCall<Q, R> client(String method, Q request, R response) {
        return RpcCall.of(ApplicationClientProtocolService.getDescriptor(), method, request, response);
    }

    /** Registers every node and every master. */
    static SimulatedCluster join(RpcThreads threads, ClusterProcess.Ports ports, ClusterPlan.Size size)
            throws InterruptedException {
        SimulatedCluster cluster = new SimulatedCluster(threads, size.burst());
        try {
            cluster.joinNodes(ports, size.nodes());
            cluster.joinMasters(ports, size.masters());
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void joinNodes(ClusterProcess.Ports ports, int count) {
        List<CompletableFuture<Void>> joined = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            SimulatedNode node = new SimulatedNode(
                    client.connect(
                            ports.tracker(), ResourceTrackerPB.class, RpcIdentity.simple("yarn"), WhenUnreachable.FAIL),
                    i);
            nodes.add(node);
            joined.add(node.register().thenCompose(done -> node.heartbeat()));
        }
        joined.forEach(CompletableFuture::join);
    }

    private void joinMasters(ClusterProcess.Ports ports, int count) throws InterruptedException {
        RpcConnection user = client.connect(
                ports.client(), ApplicationClientProtocolPB.class, RpcIdentity.simple(USER), WhenUnreachable.FAIL);
        for (int i = 0; i < count; i++) {
            RpcIdentity identity = RpcIdentity.token(USER, token(user, submit(user)));
            SimulatedMaster master = new SimulatedMaster(
                    client.connect(
                            ports.scheduler(), ApplicationMasterProtocolPB.class, identity, WhenUnreachable.FAIL),
                    threads.loops().next(),
                    new Bookkeeping());
            master.register().join();
            masters.add(master);
        }
        user.close();
    }

    private static ApplicationIdProto submit(RpcConnection user) {
        ApplicationIdProto id = user.call(
                        NEW_APPLICATION, GetNewApplicationRequestProto.getDefaultInstance(), CALL_LIMIT)
                .join()
                .getApplicationId();
        user.call(
                        SUBMIT,
                        SubmitApplicationRequestProto.newBuilder()
                                .setApplicationSubmissionContext(ApplicationSubmissionContextProto.newBuilder()
                                        .setApplicationId(id)
                                        .setApplicationName("bench")
                                        .setQueue("default")
                                        .setUnmanagedAm(true)
                                        .setAmContainerSpec(ContainerLaunchContextProto.getDefaultInstance())
                                        .setResource(ResourceProto.newBuilder()
                                                .setMemory(1_024)
                                                .setVirtualCores(1)))
                                .build(),
                        CALL_LIMIT)
                .join();
        return id;
    }

    /** The token of an unmanaged master is in its owner's report, soon. */
    private static Token<AMRMTokenIdentifier> token(RpcConnection user, ApplicationIdProto id)
            throws InterruptedException {
        GetApplicationReportRequestProto request = GetApplicationReportRequestProto.newBuilder()
                .setApplicationId(id)
                .build();
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < TOKEN_LIMIT.toNanos()) {
            ApplicationReportProto report =
                    user.call(REPORT, request, CALL_LIMIT).join().getApplicationReport();
            if (report.hasAmRmToken()) {
                return new Token<>(
                        report.getAmRmToken().getIdentifier().toByteArray(),
                        report.getAmRmToken().getPassword().toByteArray(),
                        AMRMTokenIdentifier.KIND_NAME,
                        new Text(report.getAmRmToken().getService()));
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        }
        throw new IllegalStateException("no token for the master of an application within " + TOKEN_LIMIT);
    }

    /** What masters tell. */
    private final class Bookkeeping implements SimulatedMaster.Listener {
        @Override
        public void granted(long nanosSinceDue) {
            grants.increment();
            latency.recordValue(Math.min(LONGEST_NANOS, nanosSinceDue));
        }

        @Override
        public void satisfied(SimulatedMaster master) {
            if (greedy) {
                master.want(burst, System.nanoTime());
            }
        }

        @Override
        public void failed(Throwable cause) {
            fail(cause);
        }
    }

    private void fail(Throwable cause) {
        if (!closed) {
            failure.compareAndSet(null, cause);
        }
    }

    /** Every node calls once a second, as nodes do. */
    void live() {
        int now = turn.get();
        for (int i = 0; i < nodes.size(); i++) {
            SimulatedNode node = nodes.get(i);
            var unused = threads.loops()
                    .schedule(() -> beat(node, now), HEARTBEAT_PERIOD_NANOS * i / nodes.size(), TimeUnit.NANOSECONDS);
        }
    }

    private void beat(SimulatedNode node, int ofTurn) {
        if (ofTurn != turn.get()) {
            return;
        }
        long begin = System.nanoTime();
        var unused = node.heartbeat().whenComplete((done, cause) -> {
            if (cause != null) {
                fail(cause);
                return;
            }
            heartbeats.increment();
            var unusedNext = threads.loops()
                    .schedule(
                            () -> beat(node, ofTurn),
                            Math.max(0, begin + HEARTBEAT_PERIOD_NANOS - System.nanoTime()),
                            TimeUnit.NANOSECONDS);
        });
    }

    /** Nodes call as fast as they are answered, that many at a time, each after the other. */
    void rush(int inFlight) {
        int now = turn.get();
        int chains = Math.min(inFlight, nodes.size());
        for (int chain = 0; chain < chains; chain++) {
            rush(chain, chain, chains, now);
        }
    }

    private void rush(int node, int chain, int chains, int ofTurn) {
        if (ofTurn != turn.get()) {
            return;
        }
        var unused = nodes.get(node).heartbeat().whenComplete((done, cause) -> {
            if (cause != null) {
                fail(cause);
                return;
            }
            heartbeats.increment();
            rush(node + chains < nodes.size() ? node + chains : chain, chain, chains, ofTurn);
        });
    }

    /** Each master asks for its next burst as soon as it has the last. */
    void askGreedily(Duration again) {
        greedy = true;
        for (SimulatedMaster master : masters) {
            master.loop().execute(() -> {
                master.callAgainAfter(again);
                master.want(burst, System.nanoTime());
            });
        }
    }

    /** Bursts come at a rate of containers per second over all masters, evenly, whatever becomes of the former ones. */
    void askAtRate(double containersPerSecond, Duration again) {
        int now = turn.get();
        long period = (long) (burst * masters.size() * 1e9 / containersPerSecond);
        long begin = System.nanoTime();
        for (int i = 0; i < masters.size(); i++) {
            SimulatedMaster master = masters.get(i);
            long first = begin + period * i / masters.size();
            master.loop().execute(() -> {
                master.callAgainAfter(again);
                askAt(master, first, period, now);
            });
        }
    }

    private void askAt(SimulatedMaster master, long dueNanos, long period, int ofTurn) {
        var unused = master.loop()
                .schedule(
                        () -> {
                            if (ofTurn == turn.get()) {
                                master.want(burst, dueNanos);
                                askAt(master, dueNanos + period, period, ofTurn);
                            }
                        },
                        Math.max(0, dueNanos - System.nanoTime()),
                        TimeUnit.NANOSECONDS);
    }

    /** Latencies from now on. */
    void beginMeasuring() {
        latency = new ConcurrentHistogram(LONGEST_NANOS, 3);
    }

    /** Latencies since measuring began. */
    Histogram latency() {
        return latency.copy();
    }

    long heartbeats() {
        return heartbeats.sum();
    }

    long grants() {
        return grants.sum();
    }

    /** Ends the load; bursts that were asked for are still waited for, silently. */
    void rest() {
        greedy = false;
        turn.incrementAndGet();
    }

    /** Throws what went wrong, if anything did. */
    void check() {
        Throwable cause = failure.get();
        if (cause != null) {
            throw new IllegalStateException("the simulated cluster failed: " + cause, cause);
        }
    }

    @Override
    public void close() {
        closed = true;
        rest();
        client.close();
    }
}
