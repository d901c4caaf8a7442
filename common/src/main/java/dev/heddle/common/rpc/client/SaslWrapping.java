package dev.heddle.common.rpc.client;

import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto.SaslState;
import org.apache.hadoop.thirdparty.protobuf.ByteString;

/**
 * Seals what is sent and opens what comes, once integrity or privacy was agreed. Frames are sealed as a stream: a token
 * may hold several frames or a part of one. For one thread.
 */
final class SaslWrapping {
    private final SaslClient client;
    private final int maxPlainBytes;
    private final ByteArrayOutputStream plain = new ByteArrayOutputStream();

    SaslWrapping(SaslClient client) throws SaslException {
        this.client = client;
        // Hadoop's mechanisms give this number as a text.
        String limit = String.valueOf(client.getNegotiatedProperty(Sasl.RAW_SEND_SIZE));
        try {
            this.maxPlainBytes = Integer.parseInt(limit);
        } catch (NumberFormatException e) {
            throw new SaslException("the size of what may be wrapped is " + limit, e);
        }
        if (maxPlainBytes <= 0) {
            throw new SaslException("the size of what may be wrapped is " + limit);
        }
    }

    /** Takes bytes that the next {@link #seal} sends. */
    void add(byte[] bytes) {
        plain.writeBytes(bytes);
    }

    /** Seals what was added, in frames ready for the wire. */
    byte[] seal() throws SaslException {
        byte[] bytes = plain.toByteArray();
        plain.reset();
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();
        for (int offset = 0; offset < bytes.length; offset += maxPlainBytes) {
            byte[] token = client.wrap(bytes, offset, Math.min(maxPlainBytes, bytes.length - offset));
            sealed.writeBytes(RequestFrames.sasl(RpcSaslProto.newBuilder()
                    .setState(SaslState.WRAP)
                    .setToken(ByteString.copyFrom(token))
                    .build()));
        }
        return sealed.toByteArray();
    }

    /**
     * Opens a token and feeds the reader with what it held.
     *
     * @throws ProtocolViolationException if the message is none that wraps, or does not hold what its sender sealed
     */
    void open(RpcSaslProto message, FrameReader reader, FrameReader.Sink sink) throws IOException {
        if (message.getState() != SaslState.WRAP) {
            throw new ProtocolViolationException("the state " + message.getState() + " among wrapped frames");
        }
        byte[] token = message.getToken().toByteArray();
        byte[] opened;
        try {
            opened = client.unwrap(token, 0, token.length);
        } catch (SaslException | RuntimeException e) {
            throw new ProtocolViolationException("a wrapped frame that cannot be opened", e);
        }
        // Digest mechanisms of the JDK answer a wrong seal with no bytes instead of an exception.
        if (opened.length == 0) {
            throw new ProtocolViolationException("a wrapped frame that is empty or whose seal is wrong");
        }
        reader.feed(Unpooled.wrappedBuffer(opened), sink);
    }

    /** Forgets the session's keys. */
    void dispose() {
        try {
            client.dispose();
        } catch (SaslException e) {
            plain.reset();
        }
    }
}
