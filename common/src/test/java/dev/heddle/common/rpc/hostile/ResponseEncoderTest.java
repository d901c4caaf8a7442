package dev.heddle.common.rpc.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.rpc.wire.ResponseEncoder;
import dev.heddle.common.rpc.wire.ResponseEncoder.Failure;
import dev.heddle.common.rpc.wire.WireConstants;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcErrorCodeProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcStatusProto;
import org.apache.hadoop.thirdparty.protobuf.ByteString;
import org.apache.hadoop.yarn.proto.YarnProtos.QueueInfoProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoResponseProto;
import org.junit.jupiter.api.Test;

/** Heddle's writer of answers, read by protobuf's own reader. */
class ResponseEncoderTest {
    private static final long CASES = 100_000;
    private static final int SCRATCH_BYTES = 64 * 1024;
    private static final int[] NUMBERS = {0, 1, 127, 128, -1, -3, -33, Integer.MAX_VALUE, Integer.MIN_VALUE};

    private final ResponseEncoder encoder = new ResponseEncoder();

    private static GetQueueInfoResponseProto message(int textLength) {
        return GetQueueInfoResponseProto.newBuilder()
                .setQueueInfo(QueueInfoProto.newBuilder().setQueueName("x".repeat(textLength)))
                .build();
    }

    private void assertSuccess(ByteBuf out, int callId, byte[] clientId, int retryCount, int textLength)
            throws IOException {
        GetQueueInfoResponseProto message = message(textLength);
        out.writeBytes(new byte[3]);
        encoder.success(out, callId, clientId, retryCount, message);
        Answer answer = only(out);
        assertThat(answer.message()).isEqualTo(message.toByteString());
        assertThat(answer.header())
                .isEqualTo(RpcResponseHeaderProto.newBuilder()
                        .setCallId(callId)
                        .setStatus(RpcStatusProto.SUCCESS)
                        .setServerIpcVersionNum(WireConstants.VERSION)
                        .setClientId(ByteString.copyFrom(clientId))
                        .setRetryCount(retryCount)
                        .build());
    }

    /** The one answer after the three bytes that were there before. Releases the buffer. */
    private static Answer only(ByteBuf out) throws IOException {
        out.skipBytes(3);
        List<Answer> answers = Answer.all(ByteBufUtil.getBytes(out));
        out.release();
        assertThat(answers).hasSize(1);
        return answers.get(0);
    }

    private static int number(SplittableRandom random) {
        return random.nextBoolean()
                ? NUMBERS[random.nextInt(NUMBERS.length)]
                : random.nextInt() >> random.nextInt(Integer.SIZE);
    }

    private static byte[] clientId(SplittableRandom random) {
        byte[] id = new byte[random.nextInt(ResponseEncoder.MAX_CLIENT_ID_BYTES + 1)];
        random.nextBytes(id);
        return id;
    }

    @Test
    void shouldWriteAnyNumbersAsProtobufReadsThem() {
        Fuzz.run(
                "answers",
                CASES,
                10,
                random -> assertSuccess(
                        Unpooled.buffer(), number(random), clientId(random), number(random), random.nextInt(300)));
    }

    @Test
    void shouldWriteMessagesOfAnyLengthToAnyKindOfBuffer() throws IOException {
        byte[] clientId = new byte[16];
        for (int length = SCRATCH_BYTES - 80; length < SCRATCH_BYTES + 20; length++) {
            assertSuccess(Unpooled.buffer(), 1, clientId, -1, length);
            assertSuccess(Unpooled.directBuffer(), 1, clientId, -1, length);
        }
        for (int length : new int[] {0, 1, 127, 128, 16_383, 16_384, 200_000, 3_000_000}) {
            assertSuccess(Unpooled.buffer(0), -33, clientId, 5, length);
            assertSuccess(Unpooled.directBuffer(0), -33, clientId, 5, length);
        }
    }

    @Test
    void shouldWriteFailuresAsProtobufReadsThem() {
        Fuzz.run("failures", CASES, 10, random -> {
            RpcErrorCodeProto[] codes = RpcErrorCodeProto.values();
            Failure failure = new Failure(
                    random.nextBoolean() ? RpcStatusProto.ERROR : RpcStatusProto.FATAL,
                    codes[random.nextInt(codes.length)],
                    "an.Exception",
                    text(random));
            int callId = number(random);
            byte[] clientId = clientId(random);
            int retryCount = number(random);
            ByteBuf out = Unpooled.buffer(random.nextInt(10)).writeBytes(new byte[3]);
            encoder.failure(out, callId, clientId, retryCount, failure);
            RpcResponseHeaderProto expected = RpcResponseHeaderProto.newBuilder()
                    .setCallId(callId)
                    .setStatus(failure.status())
                    .setServerIpcVersionNum(WireConstants.VERSION)
                    .setExceptionClassName(failure.exceptionClass())
                    .setErrorMsg(failure.message())
                    .setErrorDetail(failure.code())
                    .setClientId(ByteString.copyFrom(clientId))
                    .setRetryCount(retryCount)
                    .build();
            assertThat(only(out).header()).isEqualTo(expected);
        });
    }

    /** A text of any characters; now and then longer than any buffer. */
    private static String text(SplittableRandom random) {
        int length = random.nextInt(1_000) == 0 ? 2 * SCRATCH_BYTES : random.nextInt(100);
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            int character = random.nextInt(Character.MAX_CODE_POINT + 1);
            text.appendCodePoint(Character.getType(character) == Character.SURROGATE ? '?' : character);
        }
        return text.toString();
    }
}
