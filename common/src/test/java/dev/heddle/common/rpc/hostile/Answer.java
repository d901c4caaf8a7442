package dev.heddle.common.rpc.hostile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcStatusProto;
import org.apache.hadoop.thirdparty.protobuf.ByteString;
import org.apache.hadoop.thirdparty.protobuf.CodedInputStream;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoResponseProto;

/**
 * One frame that a server has sent.
 *
 * @param message what follows the header; nothing where the call failed
 */
record Answer(RpcResponseHeaderProto header, ByteString message) {
    /**
     * All frames that were sent.
     *
     * @throws IOException if these bytes are anything but whole frames
     */
    static List<Answer> all(byte[] received) throws IOException {
        List<Answer> answers = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(received);
        while (bytes.hasRemaining()) {
            if (bytes.remaining() < Integer.BYTES
                    || bytes.getInt(bytes.position()) > bytes.remaining() - Integer.BYTES) {
                throw new IOException("a frame is cut short");
            }
            byte[] frame = new byte[bytes.getInt()];
            bytes.get(frame);
            answers.add(of(frame));
        }
        return answers;
    }

    static Answer of(byte[] frame) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(frame);
        RpcResponseHeaderProto header = RpcResponseHeaderProto.parseFrom(in.readByteArray());
        ByteString message = header.getStatus() == RpcStatusProto.SUCCESS ? in.readBytes() : ByteString.EMPTY;
        if (!in.isAtEnd()) {
            throw new IOException("bytes after an answer");
        }
        return new Answer(header, message);
    }

    boolean fatal() {
        return header.getStatus() == RpcStatusProto.FATAL;
    }

    /** What a {@link Repeater} said. */
    String text() throws IOException {
        return GetQueueInfoResponseProto.parseFrom(message).getQueueInfo().getQueueName();
    }
}
