package dev.heddle.common.rpc.server;

import java.io.IOException;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto;
import org.apache.hadoop.thirdparty.protobuf.CodedInputStream;
import org.apache.hadoop.thirdparty.protobuf.InvalidProtocolBufferException;
import org.apache.hadoop.thirdparty.protobuf.Message;

/** Reads the messages that set a connection up. */
final class SaslMessages {
    /** More than the frame's length and the header of a SASL answer take. */
    static final int MAX_HEADER_BYTES = 64;

    private SaslMessages() {}

    static RpcSaslProto read(byte[] bytes, int offset, int end) throws InvalidProtocolBufferException {
        return delimited(RpcSaslProto.getDefaultInstance(), bytes, offset, end);
    }

    /** Reads a message that begins with its length and ends no later than {@code end}. */
    @SuppressWarnings("unchecked") // A prototype's own parser gives messages of its type.
    static <M extends Message> M delimited(M prototype, byte[] bytes, int offset, int end)
            throws InvalidProtocolBufferException {
        CodedInputStream in = CodedInputStream.newInstance(bytes, offset, end - offset);
        try {
            int length = in.readRawVarint32();
            if (length < 0 || length > end - offset - in.getTotalBytesRead()) {
                throw new InvalidProtocolBufferException("a message that is longer than its frame");
            }
            return (M) prototype.getParserForType().parseFrom(bytes, offset + in.getTotalBytesRead(), length);
        } catch (IOException e) {
            throw new InvalidProtocolBufferException(
                    "no " + prototype.getDescriptorForType().getName() + ": " + e.getMessage());
        }
    }
}
