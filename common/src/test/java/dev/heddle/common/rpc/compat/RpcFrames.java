package dev.heddle.common.rpc.compat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.ipc.RpcConstants;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcRequestHeaderProto;
import org.apache.hadoop.thirdparty.protobuf.CodedInputStream;

/** Reads what a client has sent in the clear: a preamble of seven bytes, then frames that each begin with their length. */
final class RpcFrames {
    private static final int PREAMBLE_BYTES = 7;

    private RpcFrames() {}

    /** The frames of one connection that are there as a whole, without their lengths. */
    static List<byte[]> of(byte[] sent) {
        List<byte[]> frames = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.wrap(sent);
        buffer.position(Math.min(PREAMBLE_BYTES, sent.length));
        while (buffer.remaining() >= Integer.BYTES) {
            int length = buffer.getInt();
            if (length > buffer.remaining()) {
                break;
            }
            byte[] frame = new byte[length];
            buffer.get(frame);
            frames.add(frame);
        }
        return frames;
    }

    static long countPings(byte[] sent) {
        return of(sent).stream()
                .filter(frame -> callId(frame) == RpcConstants.PING_CALL_ID)
                .count();
    }

    private static int callId(byte[] frame) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(frame);
            return RpcRequestHeaderProto.parseFrom(in.readByteArray()).getCallId();
        } catch (IOException e) {
            throw new AssertionError("not a request", e);
        }
    }
}
