package dev.heddle.common.rpc.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.rpc.compat.RawConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.ipc.ProtocolMetaInfoPB;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.ipc.RpcConstants;
import org.apache.hadoop.ipc.protobuf.IpcConnectionContextProtos.IpcConnectionContextProto;
import org.apache.hadoop.ipc.protobuf.ProtobufRpcEngine2Protos.RequestHeaderProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcErrorCodeProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcStatusProto;
import org.apache.hadoop.thirdparty.protobuf.ByteString;
import org.apache.hadoop.thirdparty.protobuf.CodedInputStream;
import org.apache.hadoop.thirdparty.protobuf.UnknownFieldSet;
import org.apache.hadoop.yarn.api.ApplicationClientProtocolPB;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoRequestProto;
import org.jspecify.annotations.Nullable;

/**
 * Says what a server with a {@link Repeater} and without authentication has to answer to bytes, whatever they are, by
 * protobuf's own classes and in the plainest way. What is left open: which refusal a strange name of a user or a strange
 * way of beginning gets, and everything of a SASL conversation.
 */
final class Reference {
    private static final Set<String> HTTP = Set.of("GET ", "HEAD", "POST", "PUT ", "DELE", "OPTI", "PATC", "TRAC");
    private static final int MAX_KNOWN = 10_000;

    /** Headers that were read before: most are not changed. */
    private static final Map<ByteString, Optional<Header>> KNOWN = new ConcurrentHashMap<>();

    private static final int PREAMBLE_BYTES = 7;
    private static final int MAX_CLIENT_ID_BYTES = 64;
    private static final int FINAL_PACKET = 0;
    private static final int PROTOCOL_BUFFER = 2;

    private enum End {
        /** More may come. */
        OPEN,
        /** The last answer says why. */
        FATAL,
        /** Without a word, and answers that were not yet sent may be lost. */
        BROKEN
    }

    /**
     * An answer that is due.
     *
     * @param status or null where any will do
     */
    private record Due(
            @Nullable RpcStatusProto status, int callId, ByteString clientId, int retryCount, @Nullable String text) {}

    private record Header(int kind, int operation, int callId, ByteString clientId, int retryCount) {}

    private final byte[] sent;
    private final List<Answer> answers;
    private final int maxFrameBytes;
    private final List<Due> due = new ArrayList<>();
    private End end = End.OPEN;
    private boolean ready;

    private Reference(byte[] sent, List<Answer> answers, int maxFrameBytes) {
        this.sent = sent;
        this.answers = answers;
        this.maxFrameBytes = maxFrameBytes;
    }

    /**
     * Fails where the answers are not what they must be.
     *
     * @param ended whether the server has ended the connection
     */
    static void check(byte[] sent, byte[] received, boolean ended, int maxFrameBytes) throws IOException {
        String start = new String(sent, 0, Math.min(sent.length, 4), StandardCharsets.ISO_8859_1);
        boolean http = HTTP.contains(start);
        if (!http && sent.length < PREAMBLE_BYTES) {
            assertThat(received).isEmpty();
            assertThat(ended).isFalse();
        } else if (http || !start.equals("hrpc") || sent[4] != RawConnection.VERSION) {
            assertThat(ended).as("a strange beginning ends").isTrue();
        } else if (sent[6] == RawConnection.SASL) {
            Answer.all(received);
        } else {
            Reference reference = new Reference(sent, Answer.all(received), maxFrameBytes);
            reference.simulate();
            reference.compare(ended);
        }
    }

    private void simulate() throws IOException {
        if (sent[6] != RawConnection.NO_AUTHENTICATION) {
            fatal(null);
            return;
        }
        ByteBuffer bytes = ByteBuffer.wrap(sent, PREAMBLE_BYTES, sent.length - PREAMBLE_BYTES);
        while (end == End.OPEN && bytes.remaining() >= Integer.BYTES) {
            int length = bytes.getInt();
            if (length < 0 || length > maxFrameBytes) {
                end = End.BROKEN;
            } else if (length > bytes.remaining()) {
                return;
            } else {
                byte[] frame = new byte[length];
                bytes.get(frame);
                take(frame);
            }
        }
    }

    private void fatal(@Nullable Header header) {
        end = End.FATAL;
        due.add(
                header == null
                        ? new Due(RpcStatusProto.FATAL, -1, ByteString.EMPTY, -1, null)
                        : new Due(RpcStatusProto.FATAL, header.callId, header.clientId, header.retryCount, null));
    }

    private void answer(@Nullable RpcStatusProto status, Header header, @Nullable String text) {
        due.add(new Due(status, header.callId, header.clientId, header.retryCount, text));
    }

    private void take(byte[] frame) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(frame);
        Header header = header(in);
        if (header == null) {
            fatal(null);
        } else if (header.operation != FINAL_PACKET || header.kind < 0) {
            fatal(header);
        } else if (header.callId >= 0) {
            if (ready && header.kind == PROTOCOL_BUFFER) {
                call(header, in);
            } else {
                fatal(header);
            }
        } else if (header.callId == RpcConstants.CONNECTION_CONTEXT_CALL_ID && !ready) {
            if (context(in)) {
                ready = true;
            } else {
                fatal(header);
            }
        } else if (header.callId != RpcConstants.PING_CALL_ID) {
            fatal(header);
        }
    }

    /** The header as protobuf reads it where fields have no names; null where it is none. */
    private static @Nullable Header header(CodedInputStream in) {
        ByteString bytes;
        try {
            bytes = in.readBytes();
        } catch (IOException e) {
            return null;
        }
        if (!KNOWN.containsKey(bytes) && KNOWN.size() >= MAX_KNOWN) {
            KNOWN.clear();
        }
        return KNOWN.computeIfAbsent(bytes, Reference::header).orElse(null);
    }

    private static Optional<Header> header(ByteString bytes) {
        UnknownFieldSet fields;
        try {
            fields = UnknownFieldSet.parseFrom(bytes);
        } catch (IOException e) {
            return Optional.empty();
        }
        boolean groups = fields.asMap().values().stream()
                .anyMatch(field -> !field.getGroupList().isEmpty());
        List<Long> callIds = fields.getField(3).getVarintList();
        List<ByteString> clientIds = fields.getField(4).getLengthDelimitedList();
        if (groups || callIds.isEmpty() || clientIds.isEmpty()) {
            return Optional.empty();
        }
        ByteString clientId = clientIds.get(clientIds.size() - 1);
        if (clientId.size() > MAX_CLIENT_ID_BYTES) {
            return Optional.empty();
        }
        return Optional.of(new Header(
                last(fields, 1, -1),
                last(fields, 2, -1),
                CodedInputStream.decodeZigZag32(last(fields, 3, 0)),
                clientId,
                CodedInputStream.decodeZigZag32(last(fields, 5, 1))));
    }

    private static int last(UnknownFieldSet fields, int number, int otherwise) {
        List<Long> values = fields.getField(number).getVarintList();
        return values.isEmpty() ? otherwise : values.get(values.size() - 1).intValue();
    }

    private boolean context(CodedInputStream in) {
        IpcConnectionContextProto context;
        try {
            context = IpcConnectionContextProto.parseFrom(in.readByteArray());
        } catch (IOException e) {
            return false;
        }
        if (context.getUserInfo().getEffectiveUser().matches("[a-z-]+")
                && !context.getUserInfo().hasRealUser()) {
            return true;
        }
        return answers.stream()
                .noneMatch(answer ->
                        answer.fatal() && answer.header().getErrorDetail() == RpcErrorCodeProto.FATAL_UNAUTHORIZED);
    }

    private void call(Header header, CodedInputStream in) {
        RequestHeaderProto method;
        GetQueueInfoRequestProto request;
        try {
            method = RequestHeaderProto.parseFrom(in.readByteArray());
            byte[] bytes = in.readByteArray();
            if (method.getDeclaringClassProtocolName().equals(RPC.getProtocolName(ProtocolMetaInfoPB.class))) {
                answer(null, header, null);
                return;
            }
            request = GetQueueInfoRequestProto.parseFrom(bytes);
        } catch (IOException e) {
            answer(RpcStatusProto.ERROR, header, null);
            return;
        }
        boolean served = method.getMethodName().equals("getQueueInfo")
                && method.getDeclaringClassProtocolName().equals(ApplicationClientProtocolPB.class.getName())
                && method.getClientProtocolVersion() == 1;
        answer(served ? RpcStatusProto.SUCCESS : RpcStatusProto.ERROR, header, request.getQueueName());
    }

    private void compare(boolean ended) throws IOException {
        boolean counts = end == End.BROKEN ? answers.size() <= due.size() : answers.size() == due.size();
        if (ended != (end != End.OPEN) || !counts) {
            throw new AssertionError("expected " + end + " and " + due + ", and got " + (ended ? "an end" : "no end")
                    + " and " + answers);
        }
        for (int i = 0; i < answers.size(); i++) {
            compare(answers.get(i), due.get(i));
        }
    }

    private static void compare(Answer answer, Due due) throws IOException {
        boolean same = answer.header().getCallId() == due.callId
                && answer.header().getClientId().equals(due.clientId)
                && answer.header().getRetryCount() == due.retryCount
                && (due.status == null || answer.header().getStatus() == due.status)
                && (due.status != RpcStatusProto.SUCCESS || answer.text().equals(due.text));
        if (!same) {
            throw new AssertionError("expected " + due + " and got " + answer);
        }
    }
}
