package dev.heddle.bench.nm;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.common.rpc.server.RpcServer;
import dev.heddle.common.rpc.transport.RpcThreads;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.Purpose;
import dev.heddle.rm.security.ContainerTokens;
import dev.heddle.rm.security.NodeTokens;
import dev.heddle.rm.security.RollingKeys;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.Token;
import org.apache.hadoop.yarn.proto.ResourceTracker.ResourceTrackerService;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeIdProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.NodeHeartbeatRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.NodeHeartbeatResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.RegisterNodeManagerRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.RegisterNodeManagerResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.UnRegisterNodeManagerRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.UnRegisterNodeManagerResponseProto;
import org.apache.hadoop.yarn.server.api.ResourceTrackerPB;
import org.apache.hadoop.yarn.server.api.protocolrecords.impl.pb.NodeHeartbeatRequestPBImpl;
import org.apache.hadoop.yarn.server.api.protocolrecords.impl.pb.NodeHeartbeatResponsePBImpl;
import org.apache.hadoop.yarn.server.api.protocolrecords.impl.pb.RegisterNodeManagerResponsePBImpl;
import org.apache.hadoop.yarn.server.api.records.NodeAction;

/** A resource manager for one node: takes it in, hands out tokens, and lets it forget containers that have ended. */
final class Master implements AutoCloseable {
    private static final int HEARTBEAT_MS = 1_000;
    private static final long REGISTRATION_LIMIT_S = 60;
    private static final long TOKEN_MS = 3_600_000;
    private static final int MEMORY_MB = 128;
    private static final RollingKeys.Plan NEVER = new RollingKeys.Plan(TOKEN_MS, TOKEN_MS);

    private final long startedMs = System.currentTimeMillis();
    private final RpcThreads threads;
    private final RpcServer server;
    private final NodeTokens nodeTokens = new NodeTokens(InstantSource.system(), NEVER, () -> {});
    private final ContainerTokens containerTokens =
            new ContainerTokens(InstantSource.system(), NEVER, TOKEN_MS, startedMs);
    private final CompletableFuture<NodeId> node = new CompletableFuture<>();
    private final Set<org.apache.hadoop.yarn.api.records.ContainerId> ended = ConcurrentHashMap.newKeySet();

    Master() {
        threads = RpcThreads.start(new Configuration());
        server = RpcServer.start(
                threads,
                new Configuration(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "the benchmark's own",
                RpcServer.Authentication.CONFIGURED,
                null,
                RpcProtocol.builder(ResourceTrackerPB.class, ResourceTrackerService.getDescriptor())
                        .on(
                                "registerNodeManager",
                                RegisterNodeManagerRequestProto.getDefaultInstance(),
                                (caller, request) -> register(request))
                        .on(
                                "nodeHeartbeat",
                                NodeHeartbeatRequestProto.getDefaultInstance(),
                                (caller, request) -> heartbeat(request))
                        .on(
                                "unRegisterNodeManager",
                                UnRegisterNodeManagerRequestProto.getDefaultInstance(),
                                (caller, request) -> CompletableFuture.completedFuture(
                                        UnRegisterNodeManagerResponseProto.getDefaultInstance()))
                        .build());
    }

    int port() {
        return server.port();
    }

    long startedMs() {
        return startedMs;
    }

    private CompletionStage<RegisterNodeManagerResponseProto> register(RegisterNodeManagerRequestProto request) {
        RegisterNodeManagerResponsePBImpl response = new RegisterNodeManagerResponsePBImpl();
        response.setNodeAction(NodeAction.NORMAL);
        response.setRMIdentifier(startedMs);
        response.setContainerTokenMasterKey(containerTokens.currentKey());
        response.setNMTokenMasterKey(nodeTokens.currentKey());
        RegisterNodeManagerResponseProto proto = response.getProto();
        NodeIdProto id = request.getNodeId();
        node.complete(new NodeId(id.getHost(), id.getPort()));
        return CompletableFuture.completedFuture(proto);
    }

    private CompletionStage<NodeHeartbeatResponseProto> heartbeat(NodeHeartbeatRequestProto proto) {
        NodeHeartbeatRequestPBImpl request = new NodeHeartbeatRequestPBImpl(proto);
        NodeHeartbeatResponsePBImpl response = new NodeHeartbeatResponsePBImpl();
        response.setNodeAction(NodeAction.NORMAL);
        response.setResponseId(request.getNodeStatus().getResponseId() + 1);
        response.setNextHeartBeatInterval(HEARTBEAT_MS);
        List<org.apache.hadoop.yarn.api.records.ContainerId> forget = new ArrayList<>();
        for (ContainerStatus status : request.getNodeStatus().getContainersStatuses()) {
            if (status.getState() == ContainerState.COMPLETE) {
                forget.add(status.getContainerId());
                ended.add(status.getContainerId());
            }
        }
        response.addContainersToBeRemovedFromNM(forget);
        return CompletableFuture.completedFuture(response.getProto());
    }

    NodeId awaitNode() throws InterruptedException {
        try {
            return node.get(REGISTRATION_LIMIT_S, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the node did not register", e);
        }
    }

    /** How many containers the node has reported as ended. */
    int ended() {
        return ended.size();
    }

    Token nmToken(AttemptId attempt, NodeId at, String user) {
        return nodeTokens.tokenFor(attempt, at, user);
    }

    Token containerToken(ContainerId container, NodeId at, String user) {
        return containerTokens.tokenFor(new ContainerTokens.Subject(
                container, at, new Resource(MEMORY_MB, 1), 0, new Purpose(new AskKey(0, 0), Set.of()), user, false));
    }

    @Override
    public void close() {
        server.close();
        threads.close();
    }
}
