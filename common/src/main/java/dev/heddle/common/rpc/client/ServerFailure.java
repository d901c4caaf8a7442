package dev.heddle.common.rpc.client;

import java.io.IOException;
import java.lang.reflect.Modifier;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto;
import org.apache.hadoop.yarn.exceptions.YarnException;

/** Turns what a server says went wrong into an exception. */
final class ServerFailure {
    private static final int MAX_MESSAGE_LENGTH = 16 * 1024;
    private static final String STACK_FRAME = "\n\tat ";
    private static final String STACK_CAUSE = "\nCaused by: ";

    private ServerFailure() {}

    /**
     * An exception of the class that the header names, with a {@link RemoteException} as its cause, where that class is at
     * hand, can be made from a message alone, and is an {@link IOException}, a {@link YarnException} or an unchecked
     * exception; otherwise the {@link RemoteException} alone. Classes of {@code java.util.concurrent} are not made: a
     * future would take them for its own.
     *
     * <p>A server must not choose freely which class is loaded and run here, so nothing is initialized before it is known
     * to be such an exception.
     */
    static Exception of(RpcResponseHeaderProto header) {
        RemoteException remote = new RemoteException(
                header.hasExceptionClassName() ? header.getExceptionClassName() : "unnamed exception",
                message(header.getErrorMsg()),
                header.hasErrorDetail() ? header.getErrorDetail() : null);
        remote.setStackTrace(new StackTraceElement[0]);
        try {
            Class<?> named = Class.forName(remote.getClassName(), false, ServerFailure.class.getClassLoader());
            if (!may(named)) {
                return remote;
            }
            Exception exception = named.asSubclass(Exception.class)
                    .getConstructor(String.class)
                    .newInstance(remote.getMessage());
            if (exception.getCause() == null) {
                exception.initCause(remote);
            }
            exception.setStackTrace(new StackTraceElement[0]);
            return exception;
        } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
            return remote;
        }
    }

    private static boolean may(Class<?> named) {
        boolean exception = IOException.class.isAssignableFrom(named)
                || YarnException.class.isAssignableFrom(named)
                || RuntimeException.class.isAssignableFrom(named);
        return exception
                && Modifier.isPublic(named.getModifiers())
                && !Modifier.isAbstract(named.getModifiers())
                && !named.getName().startsWith("java.util.concurrent.");
    }

    /** What the exception said, without the stack trace that Hadoop's server appends. */
    private static String message(String sent) {
        int end = sent.length();
        for (String mark : new String[] {STACK_FRAME, STACK_CAUSE}) {
            int begin = sent.indexOf(mark);
            if (begin >= 0) {
                end = Math.min(end, begin);
            }
        }
        return sent.substring(0, Math.min(end, MAX_MESSAGE_LENGTH)).strip();
    }
}
