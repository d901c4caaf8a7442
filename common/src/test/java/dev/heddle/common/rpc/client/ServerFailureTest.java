package dev.heddle.common.rpc.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.ipc.RetriableException;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcStatusProto;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.security.token.SecretManager;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.junit.jupiter.api.Test;

class ServerFailureTest {
    private static boolean initialized;

    /** A class that a server must not be able to run. */
    public static final class NoException {
        static {
            initialized = true;
        }

        public NoException(String message) {
            throw new IllegalStateException(message);
        }
    }

    /** An exception that nobody may make from outside. */
    static final class HiddenException extends IOException {
        private static final long serialVersionUID = 1L;

        HiddenException(String message) {
            super(message);
        }
    }

    private static Exception failure(String className, String message) {
        return ServerFailure.of(RpcResponseHeaderProto.newBuilder()
                .setCallId(0)
                .setStatus(RpcStatusProto.ERROR)
                .setExceptionClassName(className)
                .setErrorMsg(message)
                .build());
    }

    @Test
    void shouldBeOfTheClassThatTheServerNames() {
        for (Class<?> named : new Class<?>[] {
            StandbyException.class,
            RetriableException.class,
            AccessControlException.class,
            SecretManager.InvalidToken.class,
            YarnException.class,
            IllegalArgumentException.class
        }) {
            assertThat(failure(named.getName(), "why"))
                    .isExactlyInstanceOf(named)
                    .hasMessage("why")
                    .hasCauseInstanceOf(RemoteException.class);
        }
    }

    @Test
    void shouldLeaveTheStackTraceOut() {
        assertThat(failure("java.io.IOException", "first\nsecond\n\tat a.B.c(D.java:1)\nCaused by: more"))
                .hasMessage("first\nsecond");
    }

    @Test
    void shouldNotMakeWhatIsNoFittingException() {
        for (String className : new String[] {
            NoException.class.getName(),
            HiddenException.class.getName(),
            "java.lang.String",
            "java.lang.OutOfMemoryError",
            "java.util.concurrent.CancellationException",
            "java.util.concurrent.CompletionException",
            "no.such.Class",
            "[I",
            ""
        }) {
            assertThat(failure(className, "why"))
                    .isExactlyInstanceOf(RemoteException.class)
                    .hasMessage("why")
                    .satisfies(e ->
                            assertThat(((RemoteException) e).getClassName()).isEqualTo(className));
        }
        assertThat(initialized).isFalse();
    }
}
