package dev.heddle.common.rpc.client;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcRequestHeaderProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcStatusProto;
import org.apache.hadoop.thirdparty.protobuf.ByteString;
import org.apache.hadoop.thirdparty.protobuf.Message;

/** Frames as a server sends them. */
record Responses(ByteString frame) {
    static Responses of(RpcResponseHeaderProto header, Message... messages) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        header.writeDelimitedTo(out);
        for (Message message : messages) {
            message.writeDelimitedTo(out);
        }
        return new Responses(ByteString.copyFrom(out.toByteArray()));
    }

    static Responses success(int callId, String greeting) throws IOException {
        return of(header(callId, RpcStatusProto.SUCCESS).build(), GreetingServer.response(greeting));
    }

    static Responses success(RpcRequestHeaderProto call, String greeting) throws IOException {
        return success(call.getCallId(), greeting);
    }

    static Responses failure(int callId, RpcStatusProto status, String exceptionClass, String message)
            throws IOException {
        return of(header(callId, status)
                .setExceptionClassName(exceptionClass)
                .setErrorMsg(message)
                .build());
    }

    static RpcResponseHeaderProto.Builder header(int callId, RpcStatusProto status) {
        return RpcResponseHeaderProto.newBuilder().setCallId(callId).setStatus(status);
    }

    /** Sends the frame with its length. */
    void writeTo(OutputStream out) throws IOException {
        DataOutputStream data = new DataOutputStream(out);
        data.writeInt(frame.size());
        frame.writeTo(data);
        data.flush();
    }
}
