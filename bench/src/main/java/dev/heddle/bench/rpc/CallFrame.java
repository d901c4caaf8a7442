package dev.heddle.bench.rpc;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.hadoop.ipc.ProtocolInfo;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.ipc.RpcConstants;
import org.apache.hadoop.ipc.protobuf.IpcConnectionContextProtos.IpcConnectionContextProto;
import org.apache.hadoop.ipc.protobuf.IpcConnectionContextProtos.UserInformationProto;
import org.apache.hadoop.ipc.protobuf.ProtobufRpcEngine2Protos.RequestHeaderProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcRequestHeaderProto.OperationProto;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.apache.hadoop.util.ProtoUtil;

/**
 * A workload's bytes on the wire, made once: what opens a connection, a call in which only the id changes, and the body
 * of the answer. Immutable.
 */
final class CallFrame {
    /** Call ids stay where their encoding has four bytes, so that every call is as long as the next. */
    static final int FIRST_ID = 1 << 20;

    static final int LAST_ID = (1 << 27) - 1;

    private static final byte DEFAULT_SERVICE_CLASS = 0;
    private static final byte NO_AUTHENTICATION = 0;
    private static final byte[] CLIENT_ID = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final byte[] opening;
    private final byte[] call;
    private final int idOffset;
    private final byte[] answer;

    private CallFrame(byte[] opening, byte[] call, int idOffset, byte[] answer) {
        this.opening = opening;
        this.call = call;
        this.idOffset = idOffset;
        this.answer = answer;
    }

    static CallFrame of(Workload<?, ?> workload) {
        ProtocolInfo protocol = workload.annotatedInterface().getAnnotation(ProtocolInfo.class);
        if (protocol == null) {
            throw new IllegalArgumentException(workload.annotatedInterface() + " has no ProtocolInfo");
        }
        byte[] first = call(FIRST_ID, workload, protocol);
        // The ids differ in every bit, and so in each of their bytes.
        byte[] last = call(LAST_ID, workload, protocol);
        return new CallFrame(opening(protocol), first, Arrays.mismatch(first, last), delimited(workload.expected()));
    }

    /** What a client says first, without authentication: the preamble and who calls which protocol. */
    byte[] opening() {
        return opening.clone();
    }

    /** The delimited message that has to follow an answer's header. */
    byte[] answer() {
        return answer.clone();
    }

    int length() {
        return call.length;
    }

    /** Appends one call. */
    void write(ByteBuf out, int callId) {
        int start = out.writerIndex();
        out.writeBytes(call);
        int zigzag = callId << 1;
        out.setInt(
                start + idOffset,
                ((zigzag & 0x7f) | 0x80) << 24
                        | (((zigzag >>> 7) & 0x7f) | 0x80) << 16
                        | (((zigzag >>> 14) & 0x7f) | 0x80) << 8
                        | (zigzag >>> 21));
    }

    private static byte[] opening(ProtocolInfo protocol) {
        ByteBuffer preamble = ByteBuffer.allocate(RpcConstants.HEADER.remaining() + 3)
                .put(RpcConstants.HEADER.duplicate())
                .put(RpcConstants.CURRENT_VERSION)
                .put(DEFAULT_SERVICE_CLASS)
                .put(NO_AUTHENTICATION);
        byte[] opening = frame(
                header(RpcConstants.CONNECTION_CONTEXT_CALL_ID),
                IpcConnectionContextProto.newBuilder()
                        .setProtocol(protocol.protocolName())
                        .setUserInfo(UserInformationProto.newBuilder().setEffectiveUser("bench"))
                        .build());
        return concatenate(preamble.array(), opening);
    }

    private static byte[] call(int callId, Workload<?, ?> workload, ProtocolInfo protocol) {
        return frame(
                header(callId),
                RequestHeaderProto.newBuilder()
                        .setMethodName(workload.method())
                        .setDeclaringClassProtocolName(protocol.protocolName())
                        .setClientProtocolVersion(protocol.protocolVersion())
                        .build(),
                workload.request());
    }

    private static Message header(int callId) {
        return ProtoUtil.makeRpcRequestHeader(
                RPC.RpcKind.RPC_PROTOCOL_BUFFER, OperationProto.RPC_FINAL_PACKET, callId, 0, CLIENT_ID);
    }

    private static byte[] frame(Message... messages) {
        byte[] body = new byte[0];
        for (Message message : messages) {
            body = concatenate(body, delimited(message));
        }
        return concatenate(
                ByteBuffer.allocate(Integer.BYTES).putInt(body.length).array(), body);
    }

    private static byte[] delimited(Message message) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            message.writeDelimitedTo(bytes);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] concatenate(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
