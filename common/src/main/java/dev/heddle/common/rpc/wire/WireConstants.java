package dev.heddle.common.rpc.wire;

/** The numbers of Hadoop RPC version 9 that no protobuf message carries, as Hadoop's {@code ipc.Server} has them. */
public final class WireConstants {
    /** The first four bytes of a connection: {@code hrpc}. */
    public static final int MAGIC = 0x68727063;

    public static final int VERSION = 9;

    /** Magic, version, class of service, way of authentication. */
    public static final int PREAMBLE_BYTES = 7;

    /** The third byte after the magic: nobody proves who he is. */
    public static final byte AUTHENTICATION_NONE = 0;

    /** The third byte after the magic: a SASL conversation follows. */
    public static final byte AUTHENTICATION_SASL = -33;

    /** Answers to what was no call: a refused connection, a wrong version. */
    public static final int NO_CALL_ID = -1;

    public static final int CONTEXT_CALL_ID = -3;
    public static final int PING_CALL_ID = -4;
    public static final int SASL_CALL_ID = -33;

    /** The retry count of what is not retried. */
    public static final int NO_RETRY_COUNT = -1;

    private WireConstants() {}
}
