package dev.heddle.common.rpc.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.common.rpc.RpcProtocol;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.ipc.ProtobufRpcEngine2;
import org.apache.hadoop.ipc.ProtocolInfo;
import org.apache.hadoop.ipc.ProtocolMetaInfoPB;
import org.apache.hadoop.ipc.ProtocolSignature;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.ipc.RpcClientUtil;
import org.apache.hadoop.ipc.RpcNoSuchMethodException;
import org.apache.hadoop.ipc.RpcNoSuchProtocolException;
import org.apache.hadoop.ipc.protobuf.ProtocolInfoProtos.GetProtocolSignatureRequestProto;
import org.apache.hadoop.ipc.protobuf.ProtocolInfoProtos.ProtocolSignatureProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcErrorCodeProto;
import org.apache.hadoop.thirdparty.protobuf.RpcController;
import org.apache.hadoop.thirdparty.protobuf.ServiceException;
import org.apache.hadoop.yarn.api.ApplicationClientProtocolPB;
import org.apache.hadoop.yarn.api.ApplicationMasterProtocolPB;
import org.apache.hadoop.yarn.api.ContainerManagementProtocolPB;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.proto.ApplicationClientProtocol.ApplicationClientProtocolService;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.AllocateRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetClusterMetricsRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetClusterMetricsResponseProto;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a server finds what a call is for, what it says where it finds nothing, and what it tells of itself. */
class ProtocolLookupTest {
    private static final String APPLICATION_CLIENT = "org.apache.hadoop.yarn.api.ApplicationClientProtocolPB";

    /** The protocol with a method that the server's release does not know. */
    @ProtocolInfo(protocolName = APPLICATION_CLIENT, protocolVersion = 1)
    interface LaterRelease {
        GetClusterMetricsResponseProto getTheFuture(
                @Nullable RpcController controller, GetClusterMetricsRequestProto request) throws ServiceException;
    }

    /** A version of the protocol that the server does not speak. */
    @ProtocolInfo(protocolName = APPLICATION_CLIENT, protocolVersion = 99)
    interface LaterVersion {
        GetClusterMetricsResponseProto getClusterMetrics(
                @Nullable RpcController controller, GetClusterMetricsRequestProto request) throws ServiceException;
    }

    /** A protocol of which the server knows nothing. */
    @ProtocolInfo(protocolName = "com.example.Stranger", protocolVersion = 1)
    interface Stranger {
        GetClusterMetricsResponseProto getClusterMetrics(
                @Nullable RpcController controller, GetClusterMetricsRequestProto request) throws ServiceException;
    }

    private interface Call<T> {
        @Nullable
        Object of(T proxy) throws ServiceException, IOException;
    }

    private final Configuration configuration = new YarnConfiguration();
    private CompatServer server;

    @BeforeEach
    void start() {
        RpcProtocol protocol = RpcProtocol.builder(
                        ApplicationClientProtocolPB.class, ApplicationClientProtocolService.getDescriptor())
                .on(
                        "getClusterMetrics",
                        GetClusterMetricsRequestProto.getDefaultInstance(),
                        (caller, request) ->
                                CompletableFuture.completedFuture(GetClusterMetricsResponseProto.getDefaultInstance()))
                .build();
        server = CompatServer.start(configuration, protocol, new EchoService().ofMasters());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private <T> @Nullable Object call(Class<T> protocol, Call<T> call) throws Exception {
        RPC.setProtocolEngine(configuration, protocol, ProtobufRpcEngine2.class);
        T proxy = RPC.getProxy(protocol, RPC.getProtocolVersion(protocol), server.address(), configuration);
        try {
            return call.of(proxy);
        } finally {
            RPC.stopProxy(proxy);
        }
    }

    private <T> RemoteException failure(Class<T> protocol, Call<T> call) {
        RemoteException[] found = new RemoteException[1];
        assertThatThrownBy(() -> call(protocol, call))
                .isInstanceOf(ServiceException.class)
                .cause()
                .isInstanceOfSatisfying(RemoteException.class, remote -> found[0] = remote);
        return found[0];
    }

    @Test
    void shouldRefuseAMethodThatTheProtocolLacks() {
        RemoteException refusal = failure(
                LaterRelease.class,
                proxy -> proxy.getTheFuture(null, GetClusterMetricsRequestProto.getDefaultInstance()));
        assertThat(refusal.getClassName()).isEqualTo(RpcNoSuchMethodException.class.getName());
        assertThat(refusal.getErrorCode()).isEqualTo(RpcErrorCodeProto.ERROR_NO_SUCH_METHOD);
        assertThat(refusal).hasMessageContaining("getTheFuture");
    }

    @Test
    void shouldRefuseAMethodThatNobodyAnswersAsOneThatTheProtocolLacks() {
        RemoteException refusal = failure(
                ApplicationMasterProtocolPB.class,
                proxy -> proxy.allocate(null, AllocateRequestProto.getDefaultInstance()));
        assertThat(refusal.getClassName()).isEqualTo(RpcNoSuchMethodException.class.getName());
        assertThat(refusal.getErrorCode()).isEqualTo(RpcErrorCodeProto.ERROR_NO_SUCH_METHOD);
        assertThat(refusal).hasMessageContaining("allocate");
    }

    @Test
    void shouldRefuseAProtocolThatItDoesNotServe() {
        RemoteException refusal = failure(
                Stranger.class,
                proxy -> proxy.getClusterMetrics(null, GetClusterMetricsRequestProto.getDefaultInstance()));
        assertThat(refusal.getClassName()).isEqualTo(RpcNoSuchProtocolException.class.getName());
        assertThat(refusal.getErrorCode()).isEqualTo(RpcErrorCodeProto.ERROR_NO_SUCH_PROTOCOL);
        assertThat(refusal).hasMessageContaining("com.example.Stranger");
    }

    @Test
    void shouldRefuseAnotherVersionOfAProtocolAndNameItsOwn() {
        RemoteException refusal = failure(
                LaterVersion.class,
                proxy -> proxy.getClusterMetrics(null, GetClusterMetricsRequestProto.getDefaultInstance()));
        assertThat(refusal.getClassName()).isEqualTo(RPC.VersionMismatch.class.getName());
        assertThat(refusal.getErrorCode()).isEqualTo(RpcErrorCodeProto.ERROR_RPC_VERSION_MISMATCH);
        assertThat(refusal).hasMessageContainingAll(APPLICATION_CLIENT, "client = 99", "server = 1");
    }

    @Test
    void shouldTellAClientWhichMethodsItSupports() throws Exception {
        assertThat(supports(ApplicationClientProtocolPB.class, "getClusterMetrics"))
                .isTrue();
        assertThat(supports(ApplicationClientProtocolPB.class, "getTheFuture")).isFalse();
        assertThat(supports(ContainerManagementProtocolPB.class, "startContainers"))
                .isFalse();
    }

    private boolean supports(Class<?> protocol, String method) throws Exception {
        return Boolean.TRUE.equals(call(
                ApplicationClientProtocolPB.class,
                proxy -> RpcClientUtil.isMethodSupported(proxy, protocol, RPC.RpcKind.RPC_PROTOCOL_BUFFER, 1, method)));
    }

    @Test
    void shouldTellTheSignatureOfAProtocol() throws Exception {
        var signature = call(
                ProtocolMetaInfoPB.class, proxy -> proxy.getProtocolSignature(null, signatureOf(APPLICATION_CLIENT))
                        .getProtocolSignature(0));
        assertThat(signature).isInstanceOfSatisfying(ProtocolSignatureProto.class, told -> {
            assertThat(told.getVersion()).isEqualTo(1);
            // Those that are answered, where Hadoop's server tells all of the interface.
            assertThat(told.getMethodsList()).isNotEmpty().isSubsetOf(methodsOf(APPLICATION_CLIENT));
            assertThat(told.getMethodsList())
                    .hasSizeLessThan(methodsOf(APPLICATION_CLIENT).size());
        });
    }

    private static List<Integer> methodsOf(String protocol) {
        try {
            return Arrays.stream(
                            ProtocolSignature.getProtocolSignature(protocol, 1).getMethods())
                    .boxed()
                    .toList();
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static GetProtocolSignatureRequestProto signatureOf(String protocol) {
        return GetProtocolSignatureRequestProto.newBuilder()
                .setProtocol(protocol)
                .setRpcKind(RPC.RpcKind.RPC_PROTOCOL_BUFFER.toString())
                .build();
    }

    @Test
    void shouldTellNothingOfAProtocolThatItDoesNotKnow() throws Exception {
        assertThat(call(ProtocolMetaInfoPB.class, proxy -> proxy.getProtocolSignature(
                                null, signatureOf("com.example.Stranger"))
                        .getProtocolSignatureCount()))
                .isEqualTo(0);
    }
}
