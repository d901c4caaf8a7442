package dev.heddle.nm;

import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.common.rpc.server.RpcServer;
import dev.heddle.common.rpc.transport.RpcThreads;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ExecutionType;
import org.apache.hadoop.yarn.api.records.LogAggregationContext;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.Token;
import org.apache.hadoop.yarn.nodelabels.CommonNodeLabelsManager;
import org.apache.hadoop.yarn.proto.ResourceTracker.ResourceTrackerService;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.NodeHeartbeatRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.NodeHeartbeatResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.RegisterNodeManagerRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.RegisterNodeManagerResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.UnRegisterNodeManagerRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.UnRegisterNodeManagerResponseProto;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;
import org.apache.hadoop.yarn.server.api.ContainerType;
import org.apache.hadoop.yarn.server.api.ResourceTrackerPB;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatResponse;
import org.apache.hadoop.yarn.server.api.protocolrecords.RegisterNodeManagerRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RegisterNodeManagerResponse;
import org.apache.hadoop.yarn.server.api.protocolrecords.impl.pb.NodeHeartbeatRequestPBImpl;
import org.apache.hadoop.yarn.server.api.protocolrecords.impl.pb.NodeHeartbeatResponsePBImpl;
import org.apache.hadoop.yarn.server.api.protocolrecords.impl.pb.RegisterNodeManagerRequestPBImpl;
import org.apache.hadoop.yarn.server.api.protocolrecords.impl.pb.RegisterNodeManagerResponsePBImpl;
import org.apache.hadoop.yarn.server.api.records.NodeAction;
import org.apache.hadoop.yarn.server.security.BaseContainerTokenSecretManager;
import org.apache.hadoop.yarn.server.security.BaseNMTokenSecretManager;
import org.apache.hadoop.yarn.server.security.MasterKeyData;
import org.jspecify.annotations.Nullable;

/** The side of a resource manager that nodes see, on a real socket: it says what the test wants said. */
public final class FakeResourceManager implements AutoCloseable {
    private static final long INTERVAL_MS = 200;
    private static final int SLOW_INTERVAL_MS = 60_000;

    public final BlockingQueue<RegisterNodeManagerRequest> registrations = new LinkedBlockingQueue<>();
    public final BlockingQueue<NodeHeartbeatRequest> heartbeats = new LinkedBlockingQueue<>();
    public final BlockingQueue<NodeHeartbeatResponse> answers = new LinkedBlockingQueue<>();
    public final BlockingQueue<String> goodbyes = new LinkedBlockingQueue<>();
    private final long identifier;
    private final RpcThreads threads;
    private final RpcServer server;
    private final NmTokens nmTokens;
    private final ContainerTokens containerTokens;
    private volatile boolean standby;
    private volatile boolean refusing;
    private volatile boolean slow;
    private volatile boolean knowsNode;
    private volatile Consumer<RegisterNodeManagerResponse> welcome = response -> {};

    private static final class NmTokens extends BaseNMTokenSecretManager {
        NmTokens(int firstKey) {
            serialNo = firstKey;
            currentMasterKey = createNewMasterKey();
        }

        void roll() {
            currentMasterKey = createNewMasterKey();
        }
    }

    private static final class ContainerTokens extends BaseContainerTokenSecretManager {
        ContainerTokens(int firstKey) {
            super(new Configuration());
            serialNo = firstKey;
            currentMasterKey = createNewMasterKey();
        }

        void roll() {
            currentMasterKey = createNewMasterKey();
        }

        MasterKeyData key() {
            return currentMasterKey;
        }
    }

    /** @param identifier of this life of it; also tells its keys from another's */
    public FakeResourceManager(long identifier) {
        this.identifier = identifier;
        this.nmTokens = new NmTokens((int) identifier);
        this.containerTokens = new ContainerTokens((int) identifier);
        this.threads = RpcThreads.start(new Configuration());
        this.server = RpcServer.start(
                threads,
                new Configuration(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "fake",
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
                                (caller, request) -> {
                                    goodbyes.add(request.getNodeId().getHost());
                                    return CompletableFuture.completedFuture(
                                            UnRegisterNodeManagerResponseProto.getDefaultInstance());
                                })
                        .build());
    }

    public String address() {
        return "127.0.0.1:" + server.port();
    }

    public void standby(boolean value) {
        standby = value;
    }

    /** From now on the answers to registrations say this too. */
    public void welcome(Consumer<RegisterNodeManagerResponse> words) {
        welcome = words;
    }

    /** As after a restart: the node is asked to register again. */
    public void forgetNode() {
        knowsNode = false;
    }

    /** From now on nodes are told to go. */
    public void refuse() {
        refusing = true;
    }

    /** From now on nodes need not report unless there is news. */
    public void slowDown() {
        slow = true;
    }

    private CompletionStage<RegisterNodeManagerResponseProto> register(RegisterNodeManagerRequestProto proto)
            throws StandbyException {
        lead();
        RegisterNodeManagerResponsePBImpl response = new RegisterNodeManagerResponsePBImpl();
        welcome.accept(response);
        response.setNodeAction(refusing ? NodeAction.SHUTDOWN : NodeAction.NORMAL);
        response.setDiagnosticsMessage(refusing ? "not wanted" : "");
        response.setRMIdentifier(identifier);
        response.setContainerTokenMasterKey(containerTokens.getCurrentKey());
        response.setNMTokenMasterKey(nmTokens.getCurrentKey());
        knowsNode = true;
        registrations.add(new RegisterNodeManagerRequestPBImpl(proto));
        RegisterNodeManagerResponse complete = response;
        return CompletableFuture.completedFuture(((RegisterNodeManagerResponsePBImpl) complete).getProto());
    }

    private CompletionStage<NodeHeartbeatResponseProto> heartbeat(NodeHeartbeatRequestProto proto)
            throws StandbyException {
        lead();
        NodeHeartbeatRequest request = new NodeHeartbeatRequestPBImpl(proto);
        NodeHeartbeatResponse answer = answers.poll();
        NodeHeartbeatResponsePBImpl response =
                answer == null ? new NodeHeartbeatResponsePBImpl() : (NodeHeartbeatResponsePBImpl) answer;
        if (!knowsNode) {
            response.setNodeAction(NodeAction.RESYNC);
        } else {
            heartbeats.add(request);
            if (answer == null) {
                response.setNodeAction(NodeAction.NORMAL);
            }
        }
        response.setResponseId(request.getNodeStatus().getResponseId() + 1);
        response.setNextHeartBeatInterval(slow ? SLOW_INTERVAL_MS : INTERVAL_MS);
        return CompletableFuture.completedFuture(response.getProto());
    }

    private void lead() throws StandbyException {
        if (standby) {
            throw new StandbyException("not the leader");
        }
    }

    /** Makes the next heartbeat's answer; the test changes it before it adds it to {@link #answers}. */
    public static NodeHeartbeatResponse answer() {
        NodeHeartbeatResponse answer = new NodeHeartbeatResponsePBImpl();
        answer.setNodeAction(NodeAction.NORMAL);
        return answer;
    }

    public Token nmToken(ContainerId container, NodeId node, String user) {
        return nmTokens.createNMToken(container.getApplicationAttemptId(), node, user);
    }

    /** What a container token says, to be changed in a test. */
    public record Grant(
            ContainerId container,
            String node,
            String user,
            long expiresMs,
            long resourceManager,
            Resource resource,
            int version,
            ExecutionType execution) {
        public Grant at(String otherNode) {
            return new Grant(container, otherNode, user, expiresMs, resourceManager, resource, version, execution);
        }

        public Grant by(String otherUser) {
            return new Grant(container, node, otherUser, expiresMs, resourceManager, resource, version, execution);
        }

        public Grant until(long otherExpiryMs) {
            return new Grant(container, node, user, otherExpiryMs, resourceManager, resource, version, execution);
        }

        public Grant from(long otherResourceManager) {
            return new Grant(container, node, user, expiresMs, otherResourceManager, resource, version, execution);
        }

        public Grant of(Resource otherResource) {
            return new Grant(container, node, user, expiresMs, resourceManager, otherResource, version, execution);
        }

        public Grant version(int otherVersion) {
            return new Grant(container, node, user, expiresMs, resourceManager, resource, otherVersion, execution);
        }

        public Grant as(ExecutionType otherExecution) {
            return new Grant(container, node, user, expiresMs, resourceManager, resource, version, otherExecution);
        }
    }

    public Grant grant(ContainerId container, NodeId node, String user) {
        return new Grant(
                container,
                node.toString(),
                user,
                System.currentTimeMillis() + 600_000,
                identifier,
                Resource.newInstance(128, 1),
                0,
                ExecutionType.GUARANTEED);
    }

    public Token containerToken(Grant grant) {
        ContainerTokenIdentifier token = new ContainerTokenIdentifier(
                grant.container(),
                grant.version(),
                grant.node(),
                grant.user(),
                grant.resource(),
                grant.expiresMs(),
                containerTokens.key().getMasterKey().getKeyId(),
                grant.resourceManager(),
                Priority.newInstance(0),
                0,
                null,
                CommonNodeLabelsManager.NO_LABEL,
                ContainerType.TASK,
                grant.execution());
        return Token.newInstance(
                token.getBytes(),
                ContainerTokenIdentifier.KIND.toString(),
                containerTokens.createPassword(token),
                grant.node());
    }

    /** A grant of an application that wants something done with its logs. */
    Token containerToken(Grant grant, ContainerType type, @Nullable LogAggregationContext logs) {
        ContainerTokenIdentifier token = new ContainerTokenIdentifier(
                grant.container(),
                grant.node(),
                grant.user(),
                Resource.newInstance(128, 1),
                grant.expiresMs(),
                containerTokens.key().getMasterKey().getKeyId(),
                grant.resourceManager(),
                Priority.newInstance(0),
                0,
                logs,
                null,
                type);
        return Token.newInstance(
                token.getBytes(),
                ContainerTokenIdentifier.KIND.toString(),
                containerTokens.createPassword(token),
                grant.node());
    }

    /** The number of the key that signs container tokens now. */
    public int containerTokenKey() {
        return containerTokens.getCurrentKey().getKeyId();
    }

    /** From now on both kinds of tokens are signed with new keys, of which nodes hear by their next heartbeat. */
    public void rollKeys() {
        nmTokens.roll();
        containerTokens.roll();
        NodeHeartbeatResponse told = answer();
        told.setContainerTokenMasterKey(containerTokens.getCurrentKey());
        told.setNMTokenMasterKey(nmTokens.getCurrentKey());
        answers.add(told);
    }

    public List<ContainerId> registeredContainers() throws InterruptedException {
        return registrations.take().getNMContainerStatuses().stream()
                .map(status -> status.getContainerId())
                .toList();
    }

    @Override
    public void close() {
        server.close();
        threads.close();
    }
}
