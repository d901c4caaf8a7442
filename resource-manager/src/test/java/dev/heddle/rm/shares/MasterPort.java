package dev.heddle.rm.shares;

import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.common.rpc.server.RpcServer;
import dev.heddle.common.rpc.transport.RpcThreads;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.DataInputByteBuffer;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.api.ContainerManagementProtocolPB;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainerRequest;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersResponse;
import org.apache.hadoop.yarn.api.protocolrecords.StopContainersResponse;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.StartContainersRequestPBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.StartContainersResponsePBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.StopContainersRequestPBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.StopContainersResponsePBImpl;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.proto.ContainerManagementProtocol.ContainerManagementProtocolService;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.StartContainersRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.StartContainersResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.StopContainersRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.StopContainersResponseProto;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;
import org.apache.hadoop.yarn.server.api.records.MasterKey;
import org.apache.hadoop.yarn.server.security.BaseNMTokenSecretManager;
import org.apache.hadoop.yarn.server.security.MasterKeyData;

/** The port of a node at which resource managers start masters. What is to be started is told on; no process starts. */
final class MasterPort implements AutoCloseable {
    private final Keys keys = new Keys();
    private final BiConsumer<ContainerId, Token<AMRMTokenIdentifier>> started;
    private final RpcServer server;

    /**
     * Listens.
     *
     * @param host whose address it is
     * @param started hears on another thread of each master that is to start, and of its token
     */
    MasterPort(RpcThreads threads, String host, BiConsumer<ContainerId, Token<AMRMTokenIdentifier>> started) {
        this.started = started;
        this.server = RpcServer.start(
                threads,
                new Configuration(false),
                new InetSocketAddress(host, 0),
                "the port of a machine",
                RpcServer.Authentication.TOKEN_ONLY,
                keys,
                RpcProtocol.builder(
                                ContainerManagementProtocolPB.class, ContainerManagementProtocolService.getDescriptor())
                        .on(
                                "startContainers",
                                StartContainersRequestProto.getDefaultInstance(),
                                (caller, request) -> start(request))
                        .on(
                                "stopContainers",
                                StopContainersRequestProto.getDefaultInstance(),
                                (caller, request) -> stop(request))
                        .build());
    }

    int port() {
        return server.port();
    }

    /** Takes the tokens that were made with a key of the resource manager's. */
    void trust(MasterKey key) {
        keys.replace(key);
    }

    private CompletionStage<StartContainersResponseProto> start(StartContainersRequestProto proto) {
        try {
            List<StartContainerRequest> requests = new StartContainersRequestPBImpl(proto).getStartContainerRequests();
            List<ContainerId> containers =
                    requests.stream().map(MasterPort::container).toList();
            for (int i = 0; i < requests.size(); i++) {
                started.accept(containers.get(i), token(requests.get(i)));
            }
            StartContainersResponse response = StartContainersResponse.newInstance(Map.of(), containers, Map.of());
            return CompletableFuture.completedFuture(((StartContainersResponsePBImpl) response).getProto());
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static ContainerId container(StartContainerRequest request) {
        try {
            ContainerTokenIdentifier identifier = new ContainerTokenIdentifier();
            identifier.readFields(new DataInputStream(
                    new ByteArrayInputStream(bytes(request.getContainerToken().getIdentifier()))));
            return identifier.getContainerID();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    @SuppressWarnings("unchecked")
    private static Token<AMRMTokenIdentifier> token(StartContainerRequest request) throws IOException {
        DataInputByteBuffer in = new DataInputByteBuffer();
        in.reset(request.getContainerLaunchContext().getTokens());
        Credentials credentials = new Credentials();
        credentials.readTokenStorageStream(in);
        return credentials.getAllTokens().stream()
                .filter(token -> token.getKind().equals(AMRMTokenIdentifier.KIND_NAME))
                .map(token -> (Token<AMRMTokenIdentifier>) token)
                .findFirst()
                .orElseThrow(() -> new IOException("a master without an AMRM token"));
    }

    private static CompletionStage<StopContainersResponseProto> stop(StopContainersRequestProto proto) {
        StopContainersResponse response =
                StopContainersResponse.newInstance(new StopContainersRequestPBImpl(proto).getContainerIds(), Map.of());
        return CompletableFuture.completedFuture(((StopContainersResponsePBImpl) response).getProto());
    }

    @Override
    public void close() {
        server.close();
    }

    /** Verifies what the resource manager has signed, as a node manager does. */
    private static final class Keys extends BaseNMTokenSecretManager {
        void replace(MasterKey key) {
            writeLock.lock();
            try {
                currentMasterKey =
                        new MasterKeyData(key, createSecretKey(key.getBytes().array()));
            } finally {
                writeLock.unlock();
            }
        }
    }
}
