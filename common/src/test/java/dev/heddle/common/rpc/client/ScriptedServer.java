package dev.heddle.common.rpc.client;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcRequestHeaderProto;

/** A server that does what a test says with each connection, however wrong that is. */
final class ScriptedServer implements AutoCloseable {
    private static final int CONNECTION_HEADER_LENGTH = 7;

    /** What to do with a connection. */
    interface Script {
        void play(DataInputStream in, DataOutputStream out) throws IOException;
    }

    private final ServerSocket listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());

    /** Plays the scripts, one for each connection in turn, and the last one for all that follow. */
    ScriptedServer(Script... scripts) throws IOException {
        Thread thread = new Thread(
                () -> {
                    int next = 0;
                    while (!listener.isClosed()) {
                        try (Socket socket = listener.accept()) {
                            Script script = scripts[Math.min(next++, scripts.length - 1)];
                            script.play(
                                    new DataInputStream(socket.getInputStream()),
                                    new DataOutputStream(socket.getOutputStream()));
                        } catch (IOException e) {
                            // The client has closed, or the test is over.
                        }
                    }
                },
                "scripted-server");
        thread.setDaemon(true);
        thread.start();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    static void readConnectionHeader(DataInputStream in) throws IOException {
        in.readFully(new byte[CONNECTION_HEADER_LENGTH]);
    }

    /** Reads a frame and gives its header. */
    static RpcRequestHeaderProto readFrame(DataInputStream in) throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return RpcRequestHeaderProto.parseDelimitedFrom(new java.io.ByteArrayInputStream(frame));
    }

    /** Reads up to the first call of a connection without authentication and gives its header. */
    static RpcRequestHeaderProto readFirstCall(DataInputStream in) throws IOException {
        readConnectionHeader(in);
        readFrame(in);
        return readFrame(in);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
