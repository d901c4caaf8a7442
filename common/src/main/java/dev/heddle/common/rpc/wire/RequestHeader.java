package dev.heddle.common.rpc.wire;

/**
 * Reads the {@code RpcRequestHeaderProto} that stands before each call, without creating an object: one instance is
 * filled anew for each frame. Takes and refuses what protobuf does, but for two things that no client of Hadoop's sends:
 * fields that Heddle does not use are skipped unread, and groups, which protobuf has given up, are refused. For one thread.
 *
 * <p>Numbers of fields as in {@code RpcHeader.proto}: 1 kind, 2 operation, 3 call id, 4 client id, 5 retry count.
 */
public final class RequestHeader {
    /** The kind of a call by protobuf. */
    public static final int KIND_PROTOCOL_BUFFER = 2;

    /** The only operation that Hadoop's clients send. */
    public static final int OPERATION_FINAL_PACKET = 0;

    private static final int ABSENT = -1;
    private static final int TYPE_BITS = 3;
    private static final int TYPE_MASK = 7;
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int DELIMITED = 2;
    private static final int FIXED_32 = 5;
    private static final int VARINT_BITS = 7;
    private static final int LONG_BITS = 64;

    private static final int FIELD_KIND = 1;
    private static final int FIELD_OPERATION = 2;
    private static final int FIELD_CALL_ID = 3;
    private static final int FIELD_CLIENT_ID = 4;
    private static final int FIELD_RETRY_COUNT = 5;

    private byte[] bytes = new byte[0];
    private int position;
    private int limit;

    private int kind;
    private int operation;
    private int callId;
    private int retryCount;
    private int clientIdStart;
    private int clientIdLength;

    /**
     * Reads the header that begins at {@code offset} with its own length.
     *
     * @return where the bytes after the header begin
     * @throws WireException if it is cut short, malformed, or has no call id or client id
     */
    public int read(byte[] source, int offset, int end) throws WireException {
        bytes = source;
        position = offset;
        limit = end;
        int length = length();
        int next = position + length;
        limit = next;
        kind = ABSENT;
        operation = ABSENT;
        retryCount = WireConstants.NO_RETRY_COUNT;
        clientIdLength = ABSENT;
        boolean hasCallId = false;
        while (position < limit) {
            int tag = varint();
            int field = tag >>> TYPE_BITS;
            int type = tag & TYPE_MASK;
            if (field == 0) {
                throw malformed();
            }
            if (field == FIELD_CLIENT_ID && type == DELIMITED) {
                clientIdLength = length();
                clientIdStart = position;
                position += clientIdLength;
            } else if (field <= FIELD_RETRY_COUNT && type == VARINT) {
                int value = varint();
                switch (field) {
                    case FIELD_KIND -> kind = value;
                    case FIELD_OPERATION -> operation = value;
                    case FIELD_CALL_ID -> {
                        callId = zigzag(value);
                        hasCallId = true;
                    }
                    case FIELD_RETRY_COUNT -> retryCount = zigzag(value);
                    default -> {} // Another type of field 4: as unknown as any other.
                }
            } else {
                skip(type);
            }
        }
        if (!hasCallId || clientIdLength == ABSENT) {
            throw new WireException("an RpcRequestHeaderProto without a call id or a client id");
        }
        return next;
    }

    /** Reads a length at {@code offset} of what follows and lies before {@code end}; {@link #position} is behind it. */
    public int delimited(byte[] source, int offset, int end) throws WireException {
        bytes = source;
        position = offset;
        limit = end;
        return length();
    }

    private int length() throws WireException {
        int length = varint();
        if (length < 0 || length > limit - position) {
            throw malformed();
        }
        return length;
    }

    /** A number's lowest 32 bits, which are all that counts in tags, lengths and this header's fields. */
    private int varint() throws WireException {
        int value = 0;
        for (int shift = 0; shift < LONG_BITS; shift += VARINT_BITS) {
            if (position >= limit) {
                throw malformed();
            }
            byte next = bytes[position++];
            if (shift < Integer.SIZE) {
                value |= (next & 0x7F) << shift;
            }
            if (next >= 0) {
                return value;
            }
        }
        throw malformed();
    }

    private void skip(int type) throws WireException {
        switch (type) {
            case VARINT -> varint();
            case FIXED_64 -> advance(Long.BYTES);
            case DELIMITED -> advance(length());
            case FIXED_32 -> advance(Integer.BYTES);
            default -> throw malformed();
        }
    }

    private void advance(int count) throws WireException {
        if (count > limit - position) {
            throw malformed();
        }
        position += count;
    }

    private static int zigzag(int value) {
        return (value >>> 1) ^ -(value & 1);
    }

    private static WireException malformed() {
        return new WireException("a malformed RpcRequestHeaderProto");
    }

    /** Where reading has come to. */
    public int position() {
        return position;
    }

    /** The kind of the call, or a negative number where there is none. */
    public int kind() {
        return kind;
    }

    /** The operation, or a negative number where there is none. */
    public int operation() {
        return operation;
    }

    public int callId() {
        return callId;
    }

    public int retryCount() {
        return retryCount;
    }

    /** Where the client's id lies in the bytes that were read. */
    public int clientIdStart() {
        return clientIdStart;
    }

    public int clientIdLength() {
        return clientIdLength;
    }
}
