package dev.heddle.common.rpc.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.ipc.RpcConstants;
import org.apache.hadoop.ipc.protobuf.IpcConnectionContextProtos.IpcConnectionContextProto;
import org.apache.hadoop.ipc.protobuf.IpcConnectionContextProtos.UserInformationProto;
import org.apache.hadoop.ipc.protobuf.ProtobufRpcEngine2Protos.RequestHeaderProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcKindProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcRequestHeaderProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto;
import org.apache.hadoop.security.SaslRpcServer.AuthMethod;
import org.apache.hadoop.thirdparty.protobuf.ByteString;
import org.apache.hadoop.thirdparty.protobuf.CodedOutputStream;
import org.apache.hadoop.thirdparty.protobuf.Message;

/**
 * What a client writes: the header of a connection, then frames. A frame is four bytes of length, the delimited
 * {@code RpcRequestHeaderProto} and the delimited messages that its call id calls for.
 */
final class RequestFrames {
    /** The call id of all authentication, also that of the header's byte that announces it. */
    static final int SASL_CALL_ID = -33;

    private static final byte SERVICE_CLASS = 0;
    private static final byte NO_SASL = 0;

    private static final byte[] SASL_HEADER = header(
                    SASL_CALL_ID, RpcConstants.INVALID_RETRY_COUNT, ByteString.copyFrom(RpcConstants.DUMMY_CLIENT_ID))
            .toByteArray();

    private final String protocolName;
    private final long protocolVersion;
    private final ByteString clientId;

    /**
     * Writes for one protocol.
     *
     * @param protocol Hadoop's interface with the {@code ProtocolInfo}
     * @param clientId 16 bytes that no other client has
     */
    RequestFrames(Class<?> protocol, ByteString clientId) {
        this.protocolName = RPC.getProtocolName(protocol);
        this.protocolVersion = RPC.getProtocolVersion(protocol);
        this.clientId = clientId;
    }

    ByteString clientId() {
        return clientId;
    }

    /** The first bytes of a connection. */
    static byte[] connectionHeader(boolean sasl) {
        return new byte[] {
            'h', 'r', 'p', 'c', RpcConstants.CURRENT_VERSION, SERVICE_CLASS, sasl ? (byte) SASL_CALL_ID : NO_SASL
        };
    }

    static byte[] sasl(RpcSaslProto message) {
        return frame(SASL_HEADER, message);
    }

    /**
     * Says for whom the calls are. After Kerberos it names the effective user only, after a token nobody: the server has
     * the rest from the authentication.
     */
    byte[] connectionContext(RpcIdentity identity, AuthMethod method) {
        UserInformationProto.Builder user = UserInformationProto.newBuilder();
        String realUser = identity.realUser();
        if (method != AuthMethod.TOKEN) {
            user.setEffectiveUser(identity.user());
        }
        if (method == AuthMethod.SIMPLE && realUser != null) {
            user.setRealUser(realUser);
        }
        return frame(
                outOfBand(RpcConstants.CONNECTION_CONTEXT_CALL_ID),
                IpcConnectionContextProto.newBuilder()
                        .setProtocol(protocolName)
                        .setUserInfo(user)
                        .build());
    }

    byte[] ping() {
        return frame(outOfBand(RpcConstants.PING_CALL_ID));
    }

    byte[] request(int callId, String method, Message request) {
        return frame(
                header(callId, 0, clientId).toByteArray(),
                RequestHeaderProto.newBuilder()
                        .setMethodName(method)
                        .setDeclaringClassProtocolName(protocolName)
                        .setClientProtocolVersion(protocolVersion)
                        .build(),
                request);
    }

    private byte[] outOfBand(int callId) {
        return header(callId, RpcConstants.INVALID_RETRY_COUNT, clientId).toByteArray();
    }

    private static RpcRequestHeaderProto header(int callId, int retryCount, ByteString clientId) {
        return RpcRequestHeaderProto.newBuilder()
                .setRpcKind(RpcKindProto.RPC_PROTOCOL_BUFFER)
                .setRpcOp(RpcRequestHeaderProto.OperationProto.RPC_FINAL_PACKET)
                .setCallId(callId)
                .setRetryCount(retryCount)
                .setClientId(clientId)
                .build();
    }

    private static byte[] frame(byte[] header, Message... messages) {
        int length = CodedOutputStream.computeByteArraySizeNoTag(header);
        for (Message message : messages) {
            length += CodedOutputStream.computeMessageSizeNoTag(message);
        }
        byte[] bytes = new byte[Integer.BYTES + length];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            // Protobuf's own integers of fixed length begin with the lowest byte, those of the frame with the highest.
            out.writeFixed32NoTag(Integer.reverseBytes(length));
            out.writeByteArrayNoTag(header);
            for (Message message : messages) {
                out.writeMessageNoTag(message);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the lengths of a message were counted wrongly", e);
        }
        return bytes;
    }
}
