package dev.heddle.common.rpc.compat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.ipc.RpcConstants;
import org.apache.hadoop.ipc.protobuf.IpcConnectionContextProtos.IpcConnectionContextProto;
import org.apache.hadoop.ipc.protobuf.IpcConnectionContextProtos.UserInformationProto;
import org.apache.hadoop.ipc.protobuf.ProtobufRpcEngine2Protos.RequestHeaderProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcKindProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcRequestHeaderProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcRequestHeaderProto.OperationProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto;
import org.apache.hadoop.thirdparty.protobuf.ByteString;
import org.apache.hadoop.thirdparty.protobuf.CodedInputStream;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.apache.hadoop.yarn.api.ApplicationClientProtocolPB;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoRequestProto;

/** A client that sends whatever a test wants sent, be it right or wrong, and reads whatever comes. */
public final class RawConnection implements AutoCloseable {
    /** The version of Hadoop's RPC that all of this is about. */
    public static final int VERSION = 9;

    /** The preamble's byte for no authentication. */
    public static final int NO_AUTHENTICATION = 0;

    /** The preamble's byte for authentication by SASL. */
    public static final int SASL = -33;

    public static final int SASL_CALL_ID = -33;

    public static final ByteString CLIENT_ID = ByteString.copyFromUtf8("sixteen bytes id");

    private static final int LIMIT_MS = 30_000;

    /**
     * One frame from the server.
     *
     * @param header that each begins with
     * @param body what follows it
     */
    public record Response(RpcResponseHeaderProto header, ByteString body) {
        /** The body as the one message that a successful answer has. */
        <T extends Message> T message(T prototype) throws IOException {
            byte[] message = body.newCodedInput().readByteArray();
            @SuppressWarnings("unchecked") // A message's parser makes messages of its own type.
            T parsed = (T) prototype.getParserForType().parseFrom(message);
            return parsed;
        }
    }

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    private RawConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        this.out = new DataOutputStream(socket.getOutputStream());
    }

    public static RawConnection to(InetSocketAddress server) throws IOException {
        Socket socket = new Socket(server.getAddress(), server.getPort());
        socket.setSoTimeout(LIMIT_MS);
        socket.setTcpNoDelay(true);
        return new RawConnection(socket);
    }

    /** A connection that needs no authentication and has named its user. */
    public static RawConnection established(InetSocketAddress server) throws IOException {
        RawConnection connection = to(server);
        connection.preamble(VERSION, NO_AUTHENTICATION);
        connection.frame(header(RpcConstants.CONNECTION_CONTEXT_CALL_ID).build(), context("some-user"));
        return connection;
    }

    public static RpcRequestHeaderProto.Builder header(int callId) {
        return RpcRequestHeaderProto.newBuilder()
                .setRpcKind(RpcKindProto.RPC_PROTOCOL_BUFFER)
                .setRpcOp(OperationProto.RPC_FINAL_PACKET)
                .setCallId(callId)
                .setClientId(CLIENT_ID)
                .setRetryCount(RpcConstants.INVALID_RETRY_COUNT);
    }

    public static IpcConnectionContextProto context(String user) {
        return IpcConnectionContextProto.newBuilder()
                .setProtocol(ApplicationClientProtocolPB.class.getName())
                .setUserInfo(UserInformationProto.newBuilder().setEffectiveUser(user))
                .build();
    }

    /** The call that {@link EchoService} answers. */
    public static Message[] echo(RpcRequestHeaderProto header, String text) {
        return new Message[] {
            header,
            RequestHeaderProto.newBuilder()
                    .setMethodName("getQueueInfo")
                    .setDeclaringClassProtocolName(ApplicationClientProtocolPB.class.getName())
                    .setClientProtocolVersion(1)
                    .build(),
            GetQueueInfoRequestProto.newBuilder().setQueueName(text).build()
        };
    }

    public void preamble(int version, int authentication) throws IOException {
        bytes("hrpc".getBytes(StandardCharsets.US_ASCII));
        bytes(new byte[] {(byte) version, 0, (byte) authentication});
    }

    public void bytes(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** Sends messages, each after its length, as one frame. */
    public void frame(Message... messages) throws IOException {
        frame(delimited(messages));
    }

    /** Messages as a frame holds them, each after its length. */
    public static byte[] delimited(Message... messages) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (Message message : messages) {
            message.writeDelimitedTo(content);
        }
        return content.toByteArray();
    }

    /** Sends bytes as one frame. */
    public void frame(byte[] content) throws IOException {
        out.writeInt(content.length);
        out.write(content);
        out.flush();
    }

    public void sasl(RpcSaslProto message) throws IOException {
        frame(header(SASL_CALL_ID).build(), message);
    }

    public Response read() throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        CodedInputStream content = CodedInputStream.newInstance(frame);
        RpcResponseHeaderProto header = RpcResponseHeaderProto.parseFrom(content.readByteArray());
        return new Response(
                header, ByteString.copyFrom(content.readRawBytes(frame.length - content.getTotalBytesRead())));
    }

    /** Everything that comes until the server ends the connection, which may be nothing. */
    public byte[] readToEnd() throws IOException {
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        try {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                rest.write(buffer, 0, count);
            }
        } catch (SocketException e) {
            // A server that closes with bytes unread resets the connection, which is an end like another.
        }
        return rest.toByteArray();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
