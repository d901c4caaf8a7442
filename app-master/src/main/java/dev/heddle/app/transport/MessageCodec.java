package dev.heddle.app.transport;

import dev.heddle.app.task.Payload;
import dev.heddle.app.task.TaskOutcome;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.CorruptedFrameException;
import java.nio.charset.StandardCharsets;

/** Messages as bytes: one byte for the kind, then the fields; texts and payloads carry their length in four bytes. */
final class MessageCodec {
    /** Longest text, in bytes of UTF-8; a longer one is cut off where it is written. */
    static final int MAX_TEXT_BYTES = 256 * 1024;

    private static final byte HELLO = 1;
    private static final byte CHALLENGE = 2;
    private static final byte PROOF = 3;
    private static final byte WELCOME = 4;
    private static final byte RUN_TASK = 5;
    private static final byte CANCEL_TASK = 6;
    private static final byte TASK_SUCCEEDED = 7;
    private static final byte TASK_FAILED = 8;
    private static final byte HEARTBEAT = 9;
    private static final byte SHUTDOWN = 10;

    private MessageCodec() {}

    static void encode(Message message, ByteBuf out) {
        if (message instanceof Message.Hello hello) {
            out.writeByte(HELLO).writeInt(hello.version());
            writeText(hello.executorId(), out);
            writePayload(hello.nonce(), out);
        } else if (message instanceof Message.Challenge challenge) {
            out.writeByte(CHALLENGE);
            writePayload(challenge.nonce(), out);
            writePayload(challenge.proof(), out);
        } else if (message instanceof Message.Proof proof) {
            out.writeByte(PROOF);
            writePayload(proof.proof(), out);
        } else if (message instanceof Message.Welcome welcome) {
            TransportLimits limits = welcome.limits();
            out.writeByte(WELCOME)
                    .writeLong(limits.heartbeatIntervalMs())
                    .writeLong(limits.timeoutMs())
                    .writeInt(limits.maxPayloadBytes());
        } else if (message instanceof Message.RunTask run) {
            out.writeByte(RUN_TASK).writeLong(run.taskId());
            writePayload(run.task(), out);
        } else if (message instanceof Message.CancelTask cancel) {
            out.writeByte(CANCEL_TASK).writeLong(cancel.taskId());
        } else if (message instanceof Message.TaskFinished finished) {
            encodeFinished(finished, out);
        } else if (message instanceof Message.Heartbeat) {
            out.writeByte(HEARTBEAT);
        } else {
            out.writeByte(SHUTDOWN);
        }
    }

    private static void encodeFinished(Message.TaskFinished finished, ByteBuf out) {
        if (finished.outcome() instanceof TaskOutcome.Succeeded succeeded) {
            out.writeByte(TASK_SUCCEEDED).writeLong(finished.taskId());
            writePayload(succeeded.value(), out);
        } else if (finished.outcome() instanceof TaskOutcome.Failed failed) {
            out.writeByte(TASK_FAILED).writeLong(finished.taskId());
            writeText(failed.summary(), out);
            writeText(failed.stackTrace(), out);
            writePayload(failed.throwable(), out);
        } else {
            throw new IllegalArgumentException("an executor does not report " + finished.outcome());
        }
    }

    /**
     * Reads one message that fills the buffer.
     *
     * @throws CorruptedFrameException if the bytes are no message
     */
    static Message decode(ByteBuf in) {
        try {
            Message message = decodeBody(in);
            if (in.isReadable()) {
                throw new CorruptedFrameException(in.readableBytes() + " bytes too many");
            }
            return message;
        } catch (IndexOutOfBoundsException e) {
            throw new CorruptedFrameException("a message ends too early", e);
        }
    }

    private static Message decodeBody(ByteBuf in) {
        byte kind = in.readByte();
        return switch (kind) {
            case HELLO -> new Message.Hello(in.readInt(), readText(in), readPayload(in));
            case CHALLENGE -> new Message.Challenge(readPayload(in), readPayload(in));
            case PROOF -> new Message.Proof(readPayload(in));
            case WELCOME -> new Message.Welcome(new TransportLimits(in.readLong(), in.readLong(), in.readInt()));
            case RUN_TASK -> new Message.RunTask(in.readLong(), readPayload(in));
            case CANCEL_TASK -> new Message.CancelTask(in.readLong());
            case TASK_SUCCEEDED -> new Message.TaskFinished(in.readLong(), new TaskOutcome.Succeeded(readPayload(in)));
            case TASK_FAILED ->
                new Message.TaskFinished(
                        in.readLong(), new TaskOutcome.Failed(readText(in), readText(in), readPayload(in)));
            case HEARTBEAT -> new Message.Heartbeat();
            case SHUTDOWN -> new Message.Shutdown();
            default -> throw new CorruptedFrameException("unknown kind of message: " + kind);
        };
    }

    private static void writeText(String text, ByteBuf out) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, MAX_TEXT_BYTES);
        out.writeInt(length).writeBytes(bytes, 0, length);
    }

    private static void writePayload(Payload payload, ByteBuf out) {
        out.writeInt(payload.size()).writeBytes(payload.bytes());
    }

    private static String readText(ByteBuf in) {
        int length = readLength(in);
        if (length > MAX_TEXT_BYTES) {
            throw new CorruptedFrameException("a text of " + length + " bytes");
        }
        String text = in.toString(in.readerIndex(), length, StandardCharsets.UTF_8);
        in.skipBytes(length);
        return text;
    }

    private static Payload readPayload(ByteBuf in) {
        byte[] bytes = new byte[readLength(in)];
        in.readBytes(bytes);
        return new Payload(bytes);
    }

    private static int readLength(ByteBuf in) {
        int length = in.readInt();
        // Checked before anything of that length is allocated.
        if (length < 0 || length > in.readableBytes()) {
            throw new CorruptedFrameException(
                    "a field of " + length + " bytes in a message that has " + in.readableBytes());
        }
        return length;
    }
}
