package dev.heddle.common.rpc.hostile;

import dev.heddle.common.rpc.compat.RawConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.ipc.RpcConstants;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto;
import org.apache.hadoop.thirdparty.protobuf.Message;

/** What a conversation's client sends, piece by piece: the preamble, then frames with their lengths. */
final class Pieces {
    static final String USER = "some-user";

    private Pieces() {}

    static byte[] preamble(int authentication) {
        return new byte[] {'h', 'r', 'p', 'c', RawConnection.VERSION, 0, (byte) authentication};
    }

    static byte[] frame(Message... messages) {
        try {
            return framed(RawConnection.delimited(messages));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] framed(byte[] content) {
        return ByteBuffer.allocate(Integer.BYTES + content.length)
                .putInt(content.length)
                .put(content)
                .array();
    }

    /** The content of a frame. */
    static byte[] content(byte[] frame) {
        return Arrays.copyOfRange(frame, Math.min(Integer.BYTES, frame.length), frame.length);
    }

    static byte[] context(String user) {
        return frame(
                RawConnection.header(RpcConstants.CONNECTION_CONTEXT_CALL_ID).build(), RawConnection.context(user));
    }

    static byte[] ping() {
        return frame(RawConnection.header(RpcConstants.PING_CALL_ID).build());
    }

    static byte[] sasl(RpcSaslProto message) {
        return frame(RawConnection.header(RawConnection.SASL_CALL_ID).build(), message);
    }

    static byte[] echo(int callId, String text) {
        return frame(RawConnection.echo(RawConnection.header(callId).build(), text));
    }

    /** A conversation of a client that nobody asks who it is: some calls, sent without waiting for answers. */
    static List<byte[]> simple(int calls) {
        List<byte[]> pieces = new ArrayList<>();
        pieces.add(preamble(RawConnection.NO_AUTHENTICATION));
        pieces.add(context(USER));
        pieces.add(ping());
        for (int call = 0; call < calls; call++) {
            pieces.add(echo(call, "text " + call));
        }
        return pieces;
    }

    static byte[] joined(List<byte[]> pieces) {
        int length = pieces.stream().mapToInt(piece -> piece.length).sum();
        ByteBuffer all = ByteBuffer.allocate(length);
        pieces.forEach(all::put);
        return all.array();
    }
}
