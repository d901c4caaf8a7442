package dev.heddle.common.rpc.server;

import dev.heddle.common.rpc.wire.ResponseEncoder;
import dev.heddle.common.rpc.wire.ResponseEncoder.Failure;
import dev.heddle.common.rpc.wire.WireConstants;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcErrorCodeProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcStatusProto;
import org.jspecify.annotations.Nullable;

/**
 * The first seven bytes of a connection: {@code hrpc}, version, class of service, way of authentication. Whoever begins
 * otherwise gets an answer that he can read, as Hadoop's {@code ipc.Server} gives it. For one thread.
 */
final class Greeting {
    private static final Set<String> HTTP_METHODS =
            Set.of("GET ", "HEAD", "POST", "PUT ", "DELE", "OPTI", "PATC", "TRAC");

    private static final String HTTP_ANSWER =
            """
            HTTP/1.1 404 Not Found\r
            Content-Type: text/plain; charset=utf-8\r
            Connection: close\r
            \r
            This port speaks Hadoop RPC, not HTTP. Programs such as the yarn command and spark-submit connect here; a browser
            finds the pages at the daemon's web address (yarn.resourcemanager.webapp.address, yarn.nodemanager.webapp.address).
            """;

    private static final int MAGIC_BYTES = 4;
    private static final int VERSION_INDEX = 4;
    private static final int AUTHENTICATION_INDEX = 6;

    /** Clients from here on understand an answer with a protobuf header. */
    private static final int FIRST_PROTOBUF_VERSION = 9;

    /** Clients from here on understand an answer with a status; Hadoop 0.18 had version 2. */
    private static final int FIRST_STATUS_VERSION = 3;

    private static final int OLDEST_VERSION = 2;
    private static final int OLD_FATAL_STATUS = -1;

    private final byte[] bytes = new byte[WireConstants.PREAMBLE_BYTES];
    private int count;

    /**
     * Reads on.
     *
     * @return whether there is enough to tell what the peer wants
     */
    boolean read(ByteBuf source) {
        int wanted = isHttp() ? 0 : Math.min(source.readableBytes(), bytes.length - count);
        source.readBytes(bytes, count, wanted);
        count += wanted;
        return count == bytes.length || isHttp();
    }

    private boolean isHttp() {
        return count >= MAGIC_BYTES
                && HTTP_METHODS.contains(new String(bytes, 0, MAGIC_BYTES, StandardCharsets.US_ASCII));
    }

    /** Which way of authentication the peer begins with. */
    byte authentication() {
        return bytes[AUTHENTICATION_INDEX];
    }

    /** Why the peer cannot be spoken to, or null where it can. */
    @Nullable
    String objection() {
        if (isHttp()) {
            return "it speaks HTTP";
        }
        int magic = 0;
        for (int i = 0; i < MAGIC_BYTES; i++) {
            magic = (magic << Byte.SIZE) | (bytes[i] & 0xFF);
        }
        if (magic != WireConstants.MAGIC) {
            return "it does not speak Hadoop RPC";
        }
        return bytes[VERSION_INDEX] == WireConstants.VERSION
                ? null
                : "it speaks version " + bytes[VERSION_INDEX] + " of Hadoop RPC, not " + WireConstants.VERSION;
    }

    /** Appends what a peer understands that cannot be spoken to; nothing where nothing is known to be understood. */
    void answer(ByteBuf out, ResponseEncoder encoder) {
        if (isHttp()) {
            out.writeCharSequence(HTTP_ANSWER, StandardCharsets.UTF_8);
            return;
        }
        int version = bytes[VERSION_INDEX];
        String exception = RPC.VersionMismatch.class.getName();
        String message = "This server speaks version " + WireConstants.VERSION
                + " of Hadoop RPC and cannot talk to a client" + " of version " + version;
        if (version >= FIRST_PROTOBUF_VERSION) {
            CallHeader none = CallHeader.noCall(WireConstants.NO_CALL_ID);
            encoder.failure(
                    out,
                    none.callId(),
                    none.clientId(),
                    none.retryCount(),
                    new Failure(RpcStatusProto.FATAL, RpcErrorCodeProto.FATAL_VERSION_MISMATCH, exception, message));
        } else if (version >= FIRST_STATUS_VERSION) {
            out.writeInt(WireConstants.NO_CALL_ID);
            out.writeInt(OLD_FATAL_STATUS);
            writeString(out, exception);
            writeString(out, message);
        } else if (version == OLDEST_VERSION) {
            out.writeInt(0);
            out.writeBoolean(true);
            writeString(out, exception);
            writeString(out, message);
        }
    }

    private static void writeString(ByteBuf out, String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(encoded.length);
        out.writeBytes(encoded);
    }
}
