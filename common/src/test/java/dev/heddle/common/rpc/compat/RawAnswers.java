package dev.heddle.common.rpc.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.apache.hadoop.ipc.RpcServerException;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcErrorCodeProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcStatusProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoResponseProto;

/** What to expect of the answers that a {@link RawConnection} reads. */
public final class RawAnswers {
    private RawAnswers() {}

    /** A fatal answer, whatever else its message says, after which the connection ends. */
    public static void assertFatal(
            RawConnection connection, int callId, RpcErrorCodeProto code, Class<?> type, String... message)
            throws IOException {
        RpcResponseHeaderProto header = connection.read().header();
        assertThat(header.hasErrorMsg()).isTrue();
        for (String part : message) {
            assertThat(header.getErrorMsg()).containsIgnoringCase(part);
        }
        assertThat(header.getStatus()).isEqualTo(RpcStatusProto.FATAL);
        assertThat(header.getErrorDetail()).isEqualTo(code);
        assertThat(header.getExceptionClassName()).isEqualTo(type.getName());
        assertThat(header.getCallId()).isEqualTo(callId);
        assertThat(header.getServerIpcVersionNum()).isEqualTo(RawConnection.VERSION);
        assertThat(connection.readToEnd()).isEmpty();
    }

    public static void assertInvalidHeader(RawConnection connection, int callId, String... message) throws IOException {
        assertFatal(connection, callId, RpcErrorCodeProto.FATAL_INVALID_RPC_HEADER, RpcServerException.class, message);
    }

    public static String say(RawConnection connection, int callId, String text) throws IOException {
        connection.frame(RawConnection.echo(RawConnection.header(callId).build(), text));
        RawConnection.Response response = connection.read();
        assertThat(response.header().getCallId()).isEqualTo(callId);
        assertThat(response.header().getStatus()).isEqualTo(RpcStatusProto.SUCCESS);
        return response.message(GetQueueInfoResponseProto.getDefaultInstance())
                .getQueueInfo()
                .getQueueName();
    }
}
