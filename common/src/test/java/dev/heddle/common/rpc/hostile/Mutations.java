package dev.heddle.common.rpc.hostile;

import dev.heddle.common.rpc.compat.RawConnection;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto.SaslState;
import org.apache.hadoop.thirdparty.protobuf.ByteString;

/** Ways to change what a client sends, all drawn from one source of randomness. */
final class Mutations {
    /** Changes the pieces of a conversation, of which there is at least one. */
    @FunctionalInterface
    private interface Mutation {
        void apply(List<byte[]> pieces, SplittableRandom random);
    }

    private static final List<Mutation> ALL = List.of(
            Mutations::flipABit,
            Mutations::flipABit,
            Mutations::setAByte,
            Mutations::insertBytes,
            Mutations::deleteBytes,
            Mutations::lieAboutTheLength,
            Mutations::stretchAVarint,
            Mutations::cutShort,
            Mutations::swap,
            Mutations::duplicate,
            Mutations::drop,
            Mutations::splice,
            Mutations::addFields,
            Mutations::addFields,
            Mutations::changeTheClientId,
            Mutations::changeTheNumbers,
            Mutations::wrap,
            Mutations::sayOutOfTurn,
            Mutations::ping,
            Mutations::addGarbage);

    private static final int[] LENGTHS = {0, -1, 1, 3, Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 20};
    private static final int MANY_PINGS = 5_000;
    private static final int MANY_PINGS_ONE_IN = 500;

    private final int maxFrameBytes;

    /** Frames of other conversations, to be put where they do not belong. */
    private static final List<byte[]> STRANGERS = List.of(
            Pieces.preamble(RawConnection.SASL),
            Pieces.context("another-user"),
            Pieces.context(""),
            Pieces.echo(77, "from elsewhere"),
            Pieces.sasl(RpcSaslProto.newBuilder().setState(SaslState.NEGOTIATE).build()),
            "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

    private Mutations(int maxFrameBytes) {
        this.maxFrameBytes = maxFrameBytes;
    }

    /** Changes pieces once, twice or three times. */
    static void mutate(List<byte[]> pieces, int maxFrameBytes, SplittableRandom random) {
        Mutations mutations = new Mutations(maxFrameBytes);
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count && !pieces.isEmpty(); i++) {
            int which = random.nextInt(ALL.size() + 1);
            if (which == ALL.size()) {
                mutations.comeCloseToTheLimit(pieces, random);
            } else {
                ALL.get(which).apply(pieces, random);
            }
        }
    }

    private static byte[] any(List<byte[]> pieces, SplittableRandom random) {
        return pieces.get(random.nextInt(pieces.size()));
    }

    private static void flipABit(List<byte[]> pieces, SplittableRandom random) {
        replace(pieces, random, bytes -> {
            if (bytes.length > 0) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            }
            return bytes;
        });
    }

    private static void setAByte(List<byte[]> pieces, SplittableRandom random) {
        replace(pieces, random, bytes -> {
            if (bytes.length > 0) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            return bytes;
        });
    }

    private static void insertBytes(List<byte[]> pieces, SplittableRandom random) {
        replace(pieces, random, bytes -> {
            int at = random.nextInt(bytes.length + 1);
            return splice(bytes, at, at, randomBytes(random, 1 + random.nextInt(4)));
        });
    }

    private static void deleteBytes(List<byte[]> pieces, SplittableRandom random) {
        replace(pieces, random, bytes -> {
            int from = random.nextInt(bytes.length + 1);
            return splice(bytes, from, Math.min(bytes.length, from + 1 + random.nextInt(8)), new byte[0]);
        });
    }

    private static void lieAboutTheLength(List<byte[]> pieces, SplittableRandom random) {
        replace(pieces, random, bytes -> {
            if (bytes.length >= Integer.BYTES) {
                int which = random.nextInt(LENGTHS.length + 2);
                int length = which < LENGTHS.length
                        ? LENGTHS[which]
                        : bytes.length - Integer.BYTES + (which == LENGTHS.length ? 1 : -1);
                ByteBuffer.wrap(bytes).putInt(length);
            }
            return bytes;
        });
    }

    /** A frame whose length is the limit, or one off, with or without as many bytes. */
    private void comeCloseToTheLimit(List<byte[]> pieces, SplittableRandom random) {
        int length = maxFrameBytes - 1 + random.nextInt(3);
        byte[] frame = ByteBuffer.allocate(Integer.BYTES + (random.nextBoolean() ? length : random.nextInt(10)))
                .putInt(length)
                .array();
        byte[] call = Pieces.content(any(pieces, random));
        System.arraycopy(call, 0, frame, Integer.BYTES, Math.min(call.length, frame.length - Integer.BYTES));
        pieces.add(random.nextInt(pieces.size() + 1), frame);
    }

    /** Writes the length of a frame's header in more bytes than it takes, up to more than a varint may have. */
    private static void stretchAVarint(List<byte[]> pieces, SplittableRandom random) {
        content(pieces, random, bytes -> {
            if (bytes.length == 0 || bytes[0] < 0) {
                return bytes;
            }
            byte[] stretched = new byte[2 + random.nextInt(10)];
            Arrays.fill(stretched, (byte) 0x80);
            stretched[0] |= bytes[0];
            stretched[stretched.length - 1] = (byte) random.nextInt(2);
            return splice(bytes, 0, 1, stretched);
        });
    }

    private static void cutShort(List<byte[]> pieces, SplittableRandom random) {
        if (random.nextBoolean()) {
            content(pieces, random, bytes -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
        } else {
            replace(pieces, random, bytes -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
        }
    }

    private static void swap(List<byte[]> pieces, SplittableRandom random) {
        Collections.swap(pieces, random.nextInt(pieces.size()), random.nextInt(pieces.size()));
    }

    private static void duplicate(List<byte[]> pieces, SplittableRandom random) {
        pieces.add(random.nextInt(pieces.size() + 1), any(pieces, random));
    }

    private static void drop(List<byte[]> pieces, SplittableRandom random) {
        pieces.remove(random.nextInt(pieces.size()));
    }

    private static void splice(List<byte[]> pieces, SplittableRandom random) {
        pieces.add(random.nextInt(pieces.size() + 1), any(STRANGERS, random));
    }

    /** Adds fields with any number and of any type to a frame's header, before and after what is there. */
    private static void addFields(List<byte[]> pieces, SplittableRandom random) {
        header(pieces, random, header -> {
            ByteBuffer added = ByteBuffer.allocate(64);
            for (int i = random.nextInt(3); i >= 0; i--) {
                added.put((byte) (((1 + random.nextInt(12)) << 3) | random.nextInt(6)));
                if (random.nextBoolean()) {
                    added.put((byte) random.nextInt(6));
                }
                added.put(randomBytes(random, random.nextInt(10)));
            }
            int at = random.nextBoolean() ? 0 : header.length;
            return splice(header, at, at, Arrays.copyOf(added.array(), added.position()));
        });
    }

    private static void changeTheClientId(List<byte[]> pieces, SplittableRandom random) {
        int[] lengths = {0, 1, 63, 64, 65, 100, 3_000};
        int length = lengths[random.nextInt(lengths.length)];
        byte[] id = RawConnection.header(random.nextInt(10))
                .setClientId(ByteString.copyFrom(randomBytes(random, length)))
                .build()
                .toByteArray();
        header(pieces, random, header -> id);
    }

    private static void changeTheNumbers(List<byte[]> pieces, SplittableRandom random) {
        int[] numbers = {0, 1, -1, -2, -3, -4, -5, -32, -33, -34, Integer.MAX_VALUE, Integer.MIN_VALUE};
        byte[] changed = RawConnection.header(numbers[random.nextInt(numbers.length)])
                .setRetryCount(numbers[random.nextInt(numbers.length)])
                .build()
                .toByteArray();
        if (random.nextInt(4) == 0) {
            // The kind, or the operation.
            changed[random.nextBoolean() ? 1 : 3] = (byte) random.nextInt(5);
        }
        header(pieces, random, header -> changed);
    }

    /** Puts a frame into one that is said to be wrapped, once or several times over. */
    private static void wrap(List<byte[]> pieces, SplittableRandom random) {
        replace(pieces, random, bytes -> {
            byte[] wrapped = bytes;
            for (int i = random.nextInt(4); i >= 0; i--) {
                wrapped = Pieces.sasl(RpcSaslProto.newBuilder()
                        .setState(SaslState.WRAP)
                        .setToken(ByteString.copyFrom(wrapped))
                        .build());
            }
            return wrapped;
        });
    }

    private static void sayOutOfTurn(List<byte[]> pieces, SplittableRandom random) {
        SaslState[] states = SaslState.values();
        RpcSaslProto.Builder message = RpcSaslProto.newBuilder().setState(states[random.nextInt(states.length)]);
        if (random.nextBoolean()) {
            message.setToken(ByteString.copyFrom(randomBytes(random, random.nextInt(50))));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            message.addAuthsBuilder()
                    .setMethod(random.nextBoolean() ? "TOKEN" : "SIMPLE")
                    .setMechanism(random.nextBoolean() ? "DIGEST-MD5" : "")
                    .setProtocol("")
                    .setServerId(random.nextBoolean() ? "default" : "elsewhere");
        }
        pieces.add(random.nextInt(pieces.size() + 1), Pieces.sasl(message.build()));
    }

    private static void ping(List<byte[]> pieces, SplittableRandom random) {
        int count = random.nextInt(MANY_PINGS_ONE_IN) == 0 ? MANY_PINGS : 1 + random.nextInt(10);
        pieces.addAll(random.nextInt(pieces.size() + 1), Collections.nCopies(count, Pieces.ping()));
    }

    private static void addGarbage(List<byte[]> pieces, SplittableRandom random) {
        byte[] garbage = randomBytes(random, random.nextInt(200));
        pieces.add(random.nextInt(pieces.size() + 1), random.nextBoolean() ? garbage : Pieces.framed(garbage));
    }

    /** Makes other bytes of bytes that it may change. */
    @FunctionalInterface
    private interface Change {
        byte[] apply(byte[] bytes);
    }

    private static void replace(List<byte[]> pieces, SplittableRandom random, Change change) {
        int index = random.nextInt(pieces.size());
        pieces.set(index, change.apply(pieces.get(index).clone()));
    }

    /** Changes what is in a frame, whose length stays true. */
    private static void content(List<byte[]> pieces, SplittableRandom random, Change change) {
        replace(pieces, random, frame -> Pieces.framed(change.apply(Pieces.content(frame))));
    }

    /** Changes the header in a frame; the lengths of both stay true where they were. */
    private static void header(List<byte[]> pieces, SplittableRandom random, Change change) {
        content(pieces, random, content -> {
            int length = content.length == 0 ? 0 : content[0];
            if (length <= 0 || length >= content.length) {
                return content;
            }
            byte[] header = change.apply(Arrays.copyOfRange(content, 1, 1 + length));
            byte[] prefix = header.length < 0x80
                    ? new byte[] {(byte) header.length}
                    : new byte[] {(byte) (header.length | 0x80), (byte) (header.length >>> 7)};
            return splice(splice(content, 1, 1 + length, header), 0, 1, prefix);
        });
    }

    private static byte[] splice(byte[] bytes, int from, int to, byte[] inserted) {
        return ByteBuffer.allocate(bytes.length - (to - from) + inserted.length)
                .put(bytes, 0, from)
                .put(inserted)
                .put(bytes, to, bytes.length - to)
                .array();
    }

    private static byte[] randomBytes(SplittableRandom random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
