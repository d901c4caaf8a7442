package dev.heddle.common.rpc.wire;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcErrorCodeProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcStatusProto;
import org.apache.hadoop.thirdparty.protobuf.ByteString;
import org.apache.hadoop.thirdparty.protobuf.CodedOutputStream;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.apache.hadoop.thirdparty.protobuf.UnsafeByteOperations;

/** Writes the frames of answers: length, {@code RpcResponseHeaderProto}, message. For one thread: it has a scratch pad. */
public final class ResponseEncoder {
    /** The longest client id that is given back; Hadoop's are 16 bytes. */
    public static final int MAX_CLIENT_ID_BYTES = 64;

    private static final int SCRATCH_BYTES = 64 * 1024;

    private final byte[] scratch = new byte[SCRATCH_BYTES];

    /** The scratch pad, for whoever shares this encoder's thread; its content lasts until the next call. */
    public byte[] scratch() {
        return scratch;
    }

    /** Appends the answer to a call that went well. */
    public void success(ByteBuf out, int callId, byte[] clientId, int retryCount, Message message) {
        int messageBytes = message.getSerializedSize();
        int headerBytes = successHeaderBytes(callId, clientId, retryCount);
        int frameBytes = CodedOutputStream.computeUInt32SizeNoTag(headerBytes)
                + headerBytes
                + CodedOutputStream.computeUInt32SizeNoTag(messageBytes)
                + messageBytes;
        int wholeBytes = Integer.BYTES + frameBytes;
        try {
            if (wholeBytes <= SCRATCH_BYTES) {
                CodedOutputStream coded = CodedOutputStream.newInstance(scratch, 0, wholeBytes);
                writeSuccess(coded, frameBytes, headerBytes, callId, clientId, retryCount);
                coded.writeUInt32NoTag(messageBytes);
                message.writeTo(coded);
                coded.flush();
                out.writeBytes(scratch, 0, wholeBytes);
            } else {
                out.ensureWritable(wholeBytes);
                ByteBuffer target = out.nioBuffer(out.writerIndex(), wholeBytes);
                CodedOutputStream coded = CodedOutputStream.newInstance(target);
                writeSuccess(coded, frameBytes, headerBytes, callId, clientId, retryCount);
                coded.writeUInt32NoTag(messageBytes);
                message.writeTo(coded);
                coded.flush();
                out.writerIndex(out.writerIndex() + wholeBytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a message is not as long as it says", e);
        }
    }

    private static int successHeaderBytes(int callId, byte[] clientId, int retryCount) {
        return CodedOutputStream.computeUInt32Size(RpcResponseHeaderProto.CALLID_FIELD_NUMBER, callId)
                + CodedOutputStream.computeEnumSize(
                        RpcResponseHeaderProto.STATUS_FIELD_NUMBER, RpcStatusProto.SUCCESS_VALUE)
                + CodedOutputStream.computeUInt32Size(
                        RpcResponseHeaderProto.SERVERIPCVERSIONNUM_FIELD_NUMBER, WireConstants.VERSION)
                + CodedOutputStream.computeByteArraySize(RpcResponseHeaderProto.CLIENTID_FIELD_NUMBER, clientId)
                + CodedOutputStream.computeSInt32Size(RpcResponseHeaderProto.RETRYCOUNT_FIELD_NUMBER, retryCount);
    }

    private static void writeSuccess(
            CodedOutputStream coded, int frameBytes, int headerBytes, int callId, byte[] clientId, int retryCount)
            throws IOException {
        // Protobuf's own fixed numbers are little-endian.
        coded.writeFixed32NoTag(Integer.reverseBytes(frameBytes));
        coded.writeUInt32NoTag(headerBytes);
        coded.writeUInt32(RpcResponseHeaderProto.CALLID_FIELD_NUMBER, callId);
        coded.writeEnum(RpcResponseHeaderProto.STATUS_FIELD_NUMBER, RpcStatusProto.SUCCESS_VALUE);
        coded.writeUInt32(RpcResponseHeaderProto.SERVERIPCVERSIONNUM_FIELD_NUMBER, WireConstants.VERSION);
        coded.writeByteArray(RpcResponseHeaderProto.CLIENTID_FIELD_NUMBER, clientId);
        coded.writeSInt32(RpcResponseHeaderProto.RETRYCOUNT_FIELD_NUMBER, retryCount);
    }

    /** An answer without a message: what went wrong with a call, or with the connection where the status is fatal. */
    public record Failure(RpcStatusProto status, RpcErrorCodeProto code, String exceptionClass, String message) {}

    /** Appends the answer to a call, or to none, that failed. */
    public void failure(ByteBuf out, int callId, byte[] clientId, int retryCount, Failure failure) {
        RpcResponseHeaderProto header = RpcResponseHeaderProto.newBuilder()
                .setCallId(callId)
                .setStatus(failure.status())
                .setServerIpcVersionNum(WireConstants.VERSION)
                .setClientId(clientId.length == 0 ? ByteString.EMPTY : UnsafeByteOperations.unsafeWrap(clientId))
                .setRetryCount(retryCount)
                .setExceptionClassName(failure.exceptionClass())
                .setErrorMsg(failure.message())
                .setErrorDetail(failure.code())
                .build();
        int headerBytes = header.getSerializedSize();
        int frameBytes = CodedOutputStream.computeUInt32SizeNoTag(headerBytes) + headerBytes;
        byte[] whole = new byte[Integer.BYTES + frameBytes];
        try {
            CodedOutputStream coded = CodedOutputStream.newInstance(whole);
            coded.writeFixed32NoTag(Integer.reverseBytes(frameBytes));
            coded.writeUInt32NoTag(headerBytes);
            header.writeTo(coded);
            coded.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("a header is not as long as it says", e);
        }
        out.writeBytes(whole);
    }
}
