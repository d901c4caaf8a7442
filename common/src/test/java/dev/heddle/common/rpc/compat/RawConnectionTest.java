package dev.heddle.common.rpc.compat;

import static dev.heddle.common.rpc.compat.RawAnswers.assertFatal;
import static dev.heddle.common.rpc.compat.RawAnswers.assertInvalidHeader;
import static dev.heddle.common.rpc.compat.RawAnswers.say;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeys;
import org.apache.hadoop.io.WritableUtils;
import org.apache.hadoop.ipc.IpcException;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.ipc.RpcConstants;
import org.apache.hadoop.ipc.RpcServerException;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcKindProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcRequestHeaderProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcRequestHeaderProto.OperationProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcErrorCodeProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcStatusProto;
import org.apache.hadoop.thirdparty.protobuf.InvalidProtocolBufferException;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoResponseProto;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a server answers to bytes, right and wrong, and when it ends the connection. */
class RawConnectionTest {
    private static final int NO_CALL = -1;
    private static final int PING = RpcConstants.PING_CALL_ID;
    private static final int CONTEXT = RpcConstants.CONNECTION_CONTEXT_CALL_ID;

    private final Configuration configuration = new YarnConfiguration();
    private final EchoService echo = new EchoService();
    private CompatServer server = CompatServer.start(configuration, echo.ofClients());

    @AfterEach
    void stop() {
        server.close();
    }

    private RawConnection established() throws IOException {
        return RawConnection.established(server.address());
    }

    @Test
    void shouldSayWhoseAnswerItGives() throws Exception {
        try (RawConnection connection = established()) {
            connection.frame(RawConnection.echo(
                    RawConnection.header(1234).setRetryCount(5).build(), "hello"));
            RawConnection.Response response = connection.read();
            RpcResponseHeaderProto header = response.header();
            assertThat(header.getCallId()).isEqualTo(1234);
            assertThat(header.getRetryCount()).isEqualTo(5);
            assertThat(header.getClientId()).isEqualTo(RawConnection.CLIENT_ID);
            assertThat(header.getServerIpcVersionNum()).isEqualTo(RawConnection.VERSION);
            assertThat(header.getStatus()).isEqualTo(RpcStatusProto.SUCCESS);
            assertThat(header.hasExceptionClassName()).isFalse();
            assertThat(response.message(GetQueueInfoResponseProto.getDefaultInstance())
                            .getQueueInfo()
                            .getQueueName())
                    .isEqualTo("hello");
        }
    }

    @Test
    void shouldTakeBytesAsTheyCome() throws Exception {
        try (RawConnection whole = established();
                RawConnection slow = RawConnection.to(server.address())) {
            assertThat(say(whole, 1, "whole")).isEqualTo("whole");
            for (byte each : allOf("one by one")) {
                slow.bytes(new byte[] {each});
            }
            assertSevenAndEight(slow);
        }
        assertThat(echo.texts()).containsExactly("whole", "one by one", "one by one");
    }

    @Test
    void shouldTakeSeveralFramesAtOnce() throws Exception {
        try (RawConnection connection = RawConnection.to(server.address())) {
            connection.bytes(allOf("at once"));
            assertSevenAndEight(connection);
        }
    }

    private static void assertSevenAndEight(RawConnection connection) throws IOException {
        int first = connection.read().header().getCallId();
        int second = connection.read().header().getCallId();
        assertThat(List.of(first, second)).containsExactlyInAnyOrder(7, 8);
    }

    /** A whole connection with two calls, as bytes. */
    private static byte[] allOf(String text) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(4096);
        all.put("hrpc".getBytes(StandardCharsets.US_ASCII)).put(new byte[] {RawConnection.VERSION, 0, 0});
        put(all, RawConnection.header(CONTEXT).build(), RawConnection.context("some-user"));
        put(all, RawConnection.header(PING).build());
        put(all, RawConnection.echo(RawConnection.header(7).build(), text));
        put(all, RawConnection.echo(RawConnection.header(8).build(), text));
        return Arrays.copyOf(all.array(), all.position());
    }

    private static void put(ByteBuffer all, Message... messages) throws IOException {
        byte[] content = RawConnection.delimited(messages);
        all.putInt(content.length).put(content);
    }

    private static byte[] joined(byte[] first, byte... second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    @Test
    void shouldTellALaterVersionWhichOneItSpeaks() throws Exception {
        try (RawConnection connection = RawConnection.to(server.address())) {
            connection.preamble(10, RawConnection.NO_AUTHENTICATION);
            assertFatal(
                    connection,
                    NO_CALL,
                    RpcErrorCodeProto.FATAL_VERSION_MISMATCH,
                    RPC.VersionMismatch.class,
                    "version 9",
                    "version 10");
        }
    }

    @Test
    void shouldTellAnEarlierVersionInItsOwnWay() throws Exception {
        for (int version : new int[] {3, 8}) {
            try (RawConnection connection = RawConnection.to(server.address())) {
                connection.preamble(version, RawConnection.NO_AUTHENTICATION);
                DataInputStream answer = new DataInputStream(new ByteArrayInputStream(connection.readToEnd()));
                assertThat(answer.readInt()).as("call").isEqualTo(NO_CALL);
                assertThat(answer.readInt()).as("status").isEqualTo(-1);
                assertThat(WritableUtils.readString(answer)).isEqualTo(RPC.VersionMismatch.class.getName());
                assertThat(WritableUtils.readString(answer)).contains("version 9", "version " + version);
                assertThat(answer.read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void shouldTellTheSecondVersionInItsOwnWay() throws Exception {
        try (RawConnection connection = RawConnection.to(server.address())) {
            connection.preamble(2, RawConnection.NO_AUTHENTICATION);
            DataInputStream answer = new DataInputStream(new ByteArrayInputStream(connection.readToEnd()));
            assertThat(answer.readInt()).as("call").isZero();
            assertThat(answer.readBoolean()).as("error").isTrue();
            assertThat(WritableUtils.readString(answer)).isEqualTo(RPC.VersionMismatch.class.getName());
            assertThat(WritableUtils.readString(answer)).contains("version 9", "version 2");
            assertThat(answer.read()).isEqualTo(-1);
        }
    }

    @Test
    void shouldTellAStrangerItsVersionToo() throws Exception {
        try (RawConnection connection = RawConnection.to(server.address())) {
            connection.bytes("xrpc\t\0\0".getBytes(StandardCharsets.US_ASCII));
            assertFatal(
                    connection,
                    NO_CALL,
                    RpcErrorCodeProto.FATAL_VERSION_MISMATCH,
                    RPC.VersionMismatch.class,
                    "version 9");
        }
    }

    @Test
    void shouldAnswerABrowserInItsOwnWay() throws Exception {
        try (RawConnection connection = RawConnection.to(server.address())) {
            connection.bytes("GET /cluster HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(connection.readToEnd(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 404 ").contains("\r\nContent-Type: text/plain");
            assertThat(answer.substring(answer.indexOf("\r\n\r\n"))).contains("HTTP", "Hadoop RPC");
        }
    }

    @Test
    void shouldRefuseAnUnknownKindOfAuthentication() throws Exception {
        try (RawConnection connection = RawConnection.to(server.address())) {
            connection.preamble(RawConnection.VERSION, 42);
            assertFatal(connection, NO_CALL, RpcErrorCodeProto.FATAL_UNAUTHORIZED, IpcException.class, "42");
        }
    }

    @Test
    void shouldRefuseACallBeforeItsConnectionHasAContext() throws Exception {
        try (RawConnection connection = RawConnection.to(server.address())) {
            connection.preamble(RawConnection.VERSION, RawConnection.NO_AUTHENTICATION);
            connection.frame(RawConnection.echo(RawConnection.header(3).build(), "too early"));
            assertInvalidHeader(connection, 3, "context");
        }
        assertThat(echo.texts()).isEmpty();
    }

    @Test
    void shouldRefuseASecondContext() throws Exception {
        try (RawConnection connection = established()) {
            assertThat(say(connection, 0, "hello")).isEqualTo("hello");
            connection.frame(RawConnection.header(CONTEXT).build(), RawConnection.context("another-user"));
            assertInvalidHeader(connection, CONTEXT, "context");
        }
    }

    @Test
    void shouldRefuseAContextThatCannotBeRead() throws Exception {
        try (RawConnection connection = RawConnection.to(server.address())) {
            connection.preamble(RawConnection.VERSION, RawConnection.NO_AUTHENTICATION);
            connection.frame(
                    joined(RawConnection.delimited(RawConnection.header(CONTEXT).build()), new byte[] {3, 1, 2, 3}));
            assertFatal(
                    connection,
                    CONTEXT,
                    RpcErrorCodeProto.FATAL_DESERIALIZING_REQUEST,
                    RpcServerException.class,
                    "IpcConnectionContextProto");
        }
    }

    @Test
    void shouldRefuseAnUnknownNegativeCall() throws Exception {
        try (RawConnection connection = established()) {
            connection.frame(RawConnection.header(-7).build());
            assertInvalidHeader(connection, -7, "-7");
        }
    }

    @Test
    void shouldTakeAPingAtAnyTimeAndAnswerNothing() throws Exception {
        try (RawConnection connection = RawConnection.to(server.address())) {
            connection.preamble(RawConnection.VERSION, RawConnection.NO_AUTHENTICATION);
            connection.frame(RawConnection.header(PING).build());
            connection.frame(RawConnection.header(CONTEXT).build(), RawConnection.context("some-user"));
            connection.frame(RawConnection.header(PING).build());
            assertThat(say(connection, 9, "hello")).isEqualTo("hello");
        }
    }

    @Test
    void shouldRefuseAHeaderThatCannotBeRead() throws Exception {
        for (byte[] frame :
                new byte[][] {{}, {0}, {5, 1, 2}, {3, (byte) 0xff, (byte) 0xff, (byte) 0xff}, {(byte) 0xff, (byte) 0xff}
                }) {
            try (RawConnection connection = established()) {
                connection.frame(frame);
                assertFatal(
                        connection,
                        NO_CALL,
                        RpcErrorCodeProto.FATAL_DESERIALIZING_REQUEST,
                        RpcServerException.class,
                        "RpcRequestHeaderProto");
            }
        }
    }

    @Test
    void shouldRefuseAHeaderThatLacksWhatItNeeds() throws Exception {
        for (RpcRequestHeaderProto header : List.of(
                RawConnection.header(1).clearRpcOp().build(),
                RawConnection.header(1)
                        .setRpcOp(OperationProto.RPC_CONTINUATION_PACKET)
                        .build(),
                RawConnection.header(1)
                        .setRpcOp(OperationProto.RPC_CLOSE_CONNECTION)
                        .build(),
                RawConnection.header(1).clearRpcKind().build(),
                RawConnection.header(1).setRpcKind(RpcKindProto.RPC_BUILTIN).build())) {
            try (RawConnection connection = established()) {
                connection.frame(RawConnection.echo(header, "bad"));
                assertInvalidHeader(connection, 1, "rpc");
            }
        }
        assertThat(echo.texts()).isEmpty();
    }

    @Test
    void shouldOutliveARequestThatCannotBeRead() throws Exception {
        Message[] good = RawConnection.echo(RawConnection.header(1).build(), "x");
        byte[] withoutRequest = RawConnection.delimited(good[0], good[1]);
        try (RawConnection connection = established()) {
            for (byte[] frame : new byte[][] {
                withoutRequest,
                joined(withoutRequest, (byte) 3, (byte) 0, (byte) 0, (byte) 0),
                joined(withoutRequest, (byte) 30, (byte) 1)
            }) {
                connection.frame(frame);
                RpcResponseHeaderProto header = connection.read().header();
                assertThat(header.getCallId()).isEqualTo(1);
                assertThat(header.getStatus()).isEqualTo(RpcStatusProto.ERROR);
                assertThat(header.getErrorDetail()).isEqualTo(RpcErrorCodeProto.ERROR_APPLICATION);
                assertThat(header.getExceptionClassName()).isEqualTo(InvalidProtocolBufferException.class.getName());
            }
            assertThat(say(connection, 3, "still there")).isEqualTo("still there");
        }
        assertThat(echo.texts()).containsExactly("still there");
    }

    @Test
    void shouldIgnoreBytesAfterARequest() throws Exception {
        try (RawConnection connection = established()) {
            connection.frame(joined(
                    RawConnection.delimited(
                            RawConnection.echo(RawConnection.header(1).build(), "hello")),
                    (byte) 1,
                    (byte) 2));
            assertThat(connection.read().header().getStatus()).isEqualTo(RpcStatusProto.SUCCESS);
        }
        assertThat(echo.texts()).containsExactly("hello");
    }

    /** Hadoop's server leaves such a call without an answer, which nobody needs to do as well. */
    @Test
    void shouldKeepACallThatNamesNoMethodFromOthers() throws Exception {
        try (RawConnection bad = established();
                RawConnection good = established()) {
            bad.frame(RawConnection.header(1).build());
            assertThat(say(good, 1, "hello")).isEqualTo("hello");
            assertThat(say(good, 2, "again")).isEqualTo("again");
        }
        assertThat(echo.texts()).containsExactly("hello", "again");
    }

    @Test
    void shouldEndAConnectionWhoseFrameIsTooLong() throws Exception {
        server.close();
        configuration.setInt(CommonConfigurationKeys.IPC_MAXIMUM_DATA_LENGTH, 10_000);
        server = CompatServer.start(configuration, echo.ofClients());
        try (RawConnection fits = established();
                RawConnection exceeds = established();
                RawConnection negative = established()) {
            String text = "x".repeat(9_500);
            assertThat(say(fits, 1, text)).isEqualTo(text);
            exceeds.bytes(ByteBuffer.allocate(4).putInt(10_001).array());
            assertThat(exceeds.readToEnd()).isEmpty();
            negative.bytes(ByteBuffer.allocate(4).putInt(-1).array());
            assertThat(negative.readToEnd()).isEmpty();
        }
    }
}
