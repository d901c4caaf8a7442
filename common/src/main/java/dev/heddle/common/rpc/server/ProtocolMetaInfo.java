package dev.heddle.common.rpc.server;

import dev.heddle.common.rpc.RpcProtocol;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.hadoop.ipc.ProtocolMetaInfoPB;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.ipc.protobuf.ProtocolInfoProtos.GetProtocolSignatureRequestProto;
import org.apache.hadoop.ipc.protobuf.ProtocolInfoProtos.GetProtocolSignatureResponseProto;
import org.apache.hadoop.ipc.protobuf.ProtocolInfoProtos.GetProtocolVersionsRequestProto;
import org.apache.hadoop.ipc.protobuf.ProtocolInfoProtos.GetProtocolVersionsResponseProto;
import org.apache.hadoop.ipc.protobuf.ProtocolInfoProtos.ProtocolInfoService;
import org.apache.hadoop.ipc.protobuf.ProtocolInfoProtos.ProtocolSignatureProto;
import org.apache.hadoop.ipc.protobuf.ProtocolInfoProtos.ProtocolVersionProto;

/**
 * The protocol that every port serves besides its own: it tells which versions and methods of the others are served.
 * Clients ask it before they use a method that older servers lack ({@code ProtocolMetaInterface}).
 */
final class ProtocolMetaInfo {
    static final Class<?> INTERFACE = ProtocolMetaInfoPB.class;

    private final List<RpcProtocol> protocols;

    private ProtocolMetaInfo(List<RpcProtocol> protocols) {
        this.protocols = protocols;
    }

    /** The protocol that tells about these. */
    static RpcProtocol of(List<RpcProtocol> protocols) {
        ProtocolMetaInfo info = new ProtocolMetaInfo(protocols);
        return RpcProtocol.builder(INTERFACE, ProtocolInfoService.getDescriptor())
                .on(
                        "getProtocolVersions",
                        GetProtocolVersionsRequestProto.getDefaultInstance(),
                        (caller, request) -> info.versions(request))
                .on(
                        "getProtocolSignature",
                        GetProtocolSignatureRequestProto.getDefaultInstance(),
                        (caller, request) -> info.signature(request))
                .build();
    }

    private CompletionStage<GetProtocolVersionsResponseProto> versions(GetProtocolVersionsRequestProto request) {
        ProtocolVersionProto.Builder versions =
                ProtocolVersionProto.newBuilder().setRpcKind(RPC.RpcKind.RPC_PROTOCOL_BUFFER.toString());
        for (RpcProtocol protocol : protocols) {
            if (isMeant(protocol, request.getProtocol())) {
                versions.addVersions(protocol.version());
            }
        }
        return CompletableFuture.completedFuture(GetProtocolVersionsResponseProto.newBuilder()
                .addProtocolVersions(versions)
                .build());
    }

    private CompletionStage<GetProtocolSignatureResponseProto> signature(GetProtocolSignatureRequestProto request) {
        GetProtocolSignatureResponseProto.Builder signatures = GetProtocolSignatureResponseProto.newBuilder();
        for (RpcProtocol protocol : protocols) {
            if (isMeant(protocol, request.getProtocol())
                    && request.getRpcKind().equals(RPC.RpcKind.RPC_PROTOCOL_BUFFER.toString())) {
                ProtocolSignatureProto.Builder signature =
                        ProtocolSignatureProto.newBuilder().setVersion(protocol.version());
                for (Method method : protocol.annotatedInterface().getMethods()) {
                    if (protocol.answers().containsKey(method.getName())) {
                        signature.addMethods(fingerprint(method));
                    }
                }
                signatures.addProtocolSignature(signature);
            }
        }
        return CompletableFuture.completedFuture(signatures.build());
    }

    /** Clients name the Java interface, where other calls name the protocol. */
    private static boolean isMeant(RpcProtocol protocol, String interfaceName) {
        return protocol.annotatedInterface().getName().equals(interfaceName);
    }

    /** How Hadoop's {@code ProtocolSignature} folds a method's name and types into a number. */
    private static int fingerprint(Method method) {
        int print = method.getName().hashCode()
                + 31 * method.getReturnType().getName().hashCode();
        for (Class<?> parameter : method.getParameterTypes()) {
            print = 31 * print ^ parameter.getName().hashCode();
        }
        return print;
    }
}
