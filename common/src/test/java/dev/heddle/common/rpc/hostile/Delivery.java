package dev.heddle.common.rpc.hostile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/** Ways in which the bytes of a client come to the server: whole, cut, or several frames at once. */
final class Delivery implements TokenDialogue.Wire {
    /** How a stream of bytes is cut. */
    @FunctionalInterface
    interface Cut {
        /** Whether what comes after so many bytes comes in another read. */
        boolean at(long position);
    }

    /** Ends a write early. */
    static final class CutOffException extends IOException {
        private static final long serialVersionUID = 1L;

        CutOffException() {
            super("the client is gone");
        }
    }

    private final TokenDialogue.Wire wire;
    private final Cut cut;
    private final boolean joining;
    private final long endsAt;
    private final ByteArrayOutputStream joined = new ByteArrayOutputStream();
    private long position;

    private Delivery(TokenDialogue.Wire wire, Cut cut, boolean joining, long endsAt) {
        this.wire = wire;
        this.cut = cut;
        this.joining = joining;
        this.endsAt = endsAt;
    }

    /** Cuts between those bytes, and where the client does. */
    static Delivery cut(TokenDialogue.Wire wire, Cut cut) {
        return new Delivery(wire, cut, false, Long.MAX_VALUE);
    }

    /** Holds back all that is written until the client wants an answer. */
    static Delivery joined(TokenDialogue.Wire wire) {
        return new Delivery(wire, at -> false, true, Long.MAX_VALUE);
    }

    /** Delivers so many bytes, and throws {@link CutOffException} at the next. */
    static Delivery ending(TokenDialogue.Wire wire, long after) {
        return new Delivery(wire, at -> false, false, after);
    }

    /** How many bytes were written so far. */
    long position() {
        return position;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        if (joining) {
            joined.writeBytes(bytes);
            position += bytes.length;
            return;
        }
        int from = 0;
        for (int to = 1; to <= bytes.length; to++) {
            boolean last = position + to == endsAt;
            if (to == bytes.length || last || cut.at(position + to)) {
                wire.write(Arrays.copyOfRange(bytes, from, to));
                from = to;
            }
            if (last && to < bytes.length) {
                throw new CutOffException();
            }
        }
        position += bytes.length;
        if (position >= endsAt) {
            throw new CutOffException();
        }
    }

    @Override
    public Answer read() throws IOException {
        if (joined.size() > 0) {
            wire.write(joined.toByteArray());
            joined.reset();
        }
        return wire.read();
    }
}
