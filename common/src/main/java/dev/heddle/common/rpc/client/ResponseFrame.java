package dev.heddle.common.rpc.client;

import java.io.IOException;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcStatusProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto;
import org.apache.hadoop.thirdparty.protobuf.CodedInputStream;
import org.apache.hadoop.thirdparty.protobuf.ExtensionRegistryLite;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.apache.hadoop.thirdparty.protobuf.UninitializedMessageException;

/** A frame from a server: its header, and the message that follows it, not yet read. */
record ResponseFrame(RpcResponseHeaderProto header, CodedInputStream body) {

    /**
     * Reads the header.
     *
     * @throws ProtocolViolationException if the frame does not begin with one
     */
    static ResponseFrame parse(byte[] bytes) throws ProtocolViolationException {
        CodedInputStream in = CodedInputStream.newInstance(bytes);
        return new ResponseFrame((RpcResponseHeaderProto) read(in, RpcResponseHeaderProto.newBuilder(), "header"), in);
    }

    private static Message read(CodedInputStream in, Message.Builder builder, String what)
            throws ProtocolViolationException {
        try {
            in.readMessage(builder, ExtensionRegistryLite.getEmptyRegistry());
            return builder.build();
        } catch (IOException | UninitializedMessageException e) {
            throw new ProtocolViolationException("a " + what + " that cannot be read", e);
        }
    }

    int callId() {
        return header.getCallId();
    }

    RpcStatusProto status() {
        return header.getStatus();
    }

    /** What the server says went wrong. */
    Exception failure() {
        return ServerFailure.of(header);
    }

    /**
     * The message of an authentication.
     *
     * @throws IOException the server's own failure, if that is what it sent instead
     * @throws ProtocolViolationException if it is about something else
     */
    RpcSaslProto sasl() throws IOException {
        if (status() != RpcStatusProto.SUCCESS) {
            throw asIo(failure());
        }
        if (callId() != RequestFrames.SASL_CALL_ID) {
            throw new ProtocolViolationException(
                    "an answer of kind " + callId() + " where only authentication or wrapped frames are allowed");
        }
        RpcSaslProto message = (RpcSaslProto) read(body, RpcSaslProto.newBuilder(), "message of the authentication");
        if (!atEnd()) {
            throw new ProtocolViolationException("bytes after a message of the authentication");
        }
        return message;
    }

    /** The failure, or the exception that carries it where it is none of input and output. */
    static IOException asIo(Exception failure) {
        if (failure instanceof IOException exception) {
            return exception;
        }
        return failure.getCause() instanceof IOException exception ? exception : new IOException(failure);
    }

    private boolean atEnd() throws ProtocolViolationException {
        try {
            return body.isAtEnd();
        } catch (IOException e) {
            throw new ProtocolViolationException("a frame that cannot be read", e);
        }
    }

    /**
     * Checks whom the answer is for.
     *
     * @throws ProtocolViolationException if it names another client than ours
     */
    void checkClient(RequestFrames ours) throws ProtocolViolationException {
        if (!header.getClientId().isEmpty() && !header.getClientId().equals(ours.clientId())) {
            throw new ProtocolViolationException("an answer to another client");
        }
    }
}
