package dev.heddle.common.rpc.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.rpc.wire.RequestHeader;
import dev.heddle.common.rpc.wire.WireException;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RPCCallerContextProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RPCTraceInfoProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcKindProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcRequestHeaderProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcRequestHeaderProto.OperationProto;
import org.apache.hadoop.thirdparty.protobuf.ByteString;
import org.apache.hadoop.thirdparty.protobuf.CodedInputStream;
import org.apache.hadoop.thirdparty.protobuf.CodedOutputStream;
import org.apache.hadoop.thirdparty.protobuf.InvalidProtocolBufferException;
import org.apache.hadoop.thirdparty.protobuf.UnknownFieldSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Heddle's reader of request headers beside protobuf's own. They part in two places, and no client comes near either:
 * protobuf takes groups, which nobody sends, and looks into the messages for tracing and the caller's context, which
 * Heddle skips.
 */
class RequestHeaderTest {
    private static final long CASES = 200_000;
    private static final int FIELD_KIND = 1;
    private static final int FIELD_OPERATION = 2;
    private static final int FIELD_CALL_ID = 3;
    private static final int FIELD_CLIENT_ID = 4;

    private final RequestHeader header = new RequestHeader();

    @Test
    void shouldReadWhatClientsSend() {
        Fuzz.run("request headers", CASES, 1, random -> {
            RpcRequestHeaderProto sent = any(random);
            byte[] bytes = delimited(sent.toByteArray(), random.nextInt(9));
            assertThat(header.read(bytes, 0, bytes.length)).isEqualTo(lengthBytes(sent) + sent.getSerializedSize());
            assertSame(sent, bytes);
        });
    }

    @Test
    void shouldTakeAndRefuseWhatProtobufTakesAndRefuses() {
        Fuzz.run("mutated request headers", CASES, 1, random -> {
            byte[] bytes = random.nextInt(4) == 0
                    ? fewDifferentBytes(random)
                    : mutated(any(random).toByteArray(), random);
            boolean readable = readable(bytes);
            assertThat(read(bytes)).isEqualTo(readable);
            RpcRequestHeaderProto parsed = readable ? parsed(bytes) : null;
            if (parsed != null) {
                assertSame(parsed, delimited(bytes, 0));
            }
        });
    }

    @Test
    void shouldReadTheLengthAsProtobufDoes() throws Exception {
        byte[] sent = RpcRequestHeaderProto.newBuilder()
                .setCallId(5)
                .setClientId(ByteString.copyFromUtf8("me"))
                .build()
                .toByteArray();
        // The last of ten bytes is past the 32 bits of a length.
        byte[] stretched = {(byte) (0x80 | sent.length), -128, -128, -128, -128, -128, -128, -128, -128, 1};
        byte[] bytes = Arrays.copyOf(stretched, stretched.length + sent.length);
        System.arraycopy(sent, 0, bytes, stretched.length, sent.length);
        assertThat(CodedInputStream.newInstance(bytes).readByteArray()).isEqualTo(sent);
        assertThat(header.read(bytes, 0, bytes.length)).isEqualTo(bytes.length);
        assertThat(header.callId()).isEqualTo(5);
    }

    private static RpcRequestHeaderProto any(SplittableRandom random) {
        RpcRequestHeaderProto.Builder sent =
                RpcRequestHeaderProto.newBuilder().setCallId(number(random)).setClientId(bytes(random, 20));
        if (random.nextInt(4) > 0) {
            sent.setRpcKind(RpcKindProto.forNumber(random.nextInt(3)));
            sent.setRpcOp(OperationProto.forNumber(random.nextInt(3)));
            sent.setRetryCount(number(random));
        }
        if (random.nextInt(4) == 0) {
            sent.setTraceInfo(
                    RPCTraceInfoProto.newBuilder().setTraceId(random.nextLong()).setSpanContext(bytes(random, 10)));
            sent.setCallerContext(
                    RPCCallerContextProto.newBuilder().setContext("a context").setSignature(bytes(random, 200)));
            sent.setStateId(random.nextLong());
            sent.setRouterFederatedState(bytes(random, 10));
        }
        return sent.build();
    }

    private static int number(SplittableRandom random) {
        return random.nextInt() >> random.nextInt(Integer.SIZE);
    }

    private static ByteString bytes(SplittableRandom random, int limit) {
        byte[] bytes = new byte[random.nextInt(limit)];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    private static byte[] mutated(byte[] bytes, SplittableRandom random) {
        byte[] mutated = bytes;
        for (int i = random.nextInt(3); i >= 0; i--) {
            mutated = Arrays.copyOf(mutated, Math.max(1, mutated.length + random.nextInt(3) - 1));
            int at = random.nextInt(mutated.length);
            if (random.nextBoolean()) {
                mutated[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            } else {
                System.arraycopy(mutated, 0, mutated, at, mutated.length - at);
            }
        }
        return mutated;
    }

    /** Short bytes that often mean something: tags, small numbers, and numbers that go on. */
    private static byte[] fewDifferentBytes(SplittableRandom random) {
        byte[] known = {0, 1, 2, 8, 16, 24, 32, 34, 40, 42, 61, 65, -128, -1, 15, 127};
        byte[] bytes = new byte[random.nextInt(24)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = known[random.nextInt(known.length)];
        }
        return bytes;
    }

    private boolean read(byte[] bytes) {
        byte[] delimited = delimited(bytes, 0);
        try {
            assertThat(header.read(delimited, 0, delimited.length)).isEqualTo(delimited.length);
            return true;
        } catch (WireException e) {
            return false;
        }
    }

    private static @Nullable RpcRequestHeaderProto parsed(byte[] bytes) {
        try {
            return RpcRequestHeaderProto.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }

    /** Whether protobuf finds fields in these bytes, among them those that must be there, and no groups. */
    private static boolean readable(byte[] bytes) {
        UnknownFieldSet fields;
        try {
            fields = UnknownFieldSet.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            assertThat(parsed(bytes)).isNull();
            return false;
        }
        return !fields.getField(FIELD_CALL_ID).getVarintList().isEmpty()
                && !fields.getField(FIELD_CLIENT_ID).getLengthDelimitedList().isEmpty()
                && fields.asMap().values().stream()
                        .allMatch(field -> field.getGroupList().isEmpty());
    }

    private void assertSame(RpcRequestHeaderProto expected, byte[] bytes) {
        assertThat(header.callId()).isEqualTo(expected.getCallId());
        assertThat(header.retryCount()).isEqualTo(expected.getRetryCount());
        assertThat(ByteString.copyFrom(bytes, header.clientIdStart(), header.clientIdLength()))
                .isEqualTo(expected.getClientId());
        // Numbers that protobuf has no name for count as fields that it does not know.
        if (!expected.getUnknownFields().hasField(FIELD_KIND)) {
            assertThat(header.kind())
                    .isEqualTo(expected.hasRpcKind() ? expected.getRpcKind().getNumber() : -1);
        }
        if (!expected.getUnknownFields().hasField(FIELD_OPERATION)) {
            assertThat(header.operation())
                    .isEqualTo(expected.hasRpcOp() ? expected.getRpcOp().getNumber() : -1);
        }
    }

    private static int lengthBytes(RpcRequestHeaderProto sent) {
        return CodedOutputStream.computeUInt32SizeNoTag(sent.getSerializedSize());
    }

    /** The bytes after their length, and more after them. */
    private static byte[] delimited(byte[] bytes, int more) {
        int lengthBytes = CodedOutputStream.computeUInt32SizeNoTag(bytes.length);
        byte[] all = new byte[lengthBytes + bytes.length + more];
        try {
            CodedOutputStream.newInstance(all).writeUInt32NoTag(bytes.length);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        System.arraycopy(bytes, 0, all, lengthBytes, bytes.length);
        return all;
    }
}
