package dev.heddle.common.rpc.client;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.UnaryOperator;

/** Passes a client's connections on to a server, keeps what goes by, and may change the server's frames on the way. */
final class Wire implements AutoCloseable {
    private final ServerSocket listener;
    private final InetSocketAddress server;
    private final UnaryOperator<byte[]> tamper;
    private final ByteArrayOutputStream fromClient = new ByteArrayOutputStream();
    private final ByteArrayOutputStream fromServer = new ByteArrayOutputStream();

    Wire(InetSocketAddress server, UnaryOperator<byte[]> tamper) throws IOException {
        this.server = server;
        this.tamper = tamper;
        this.listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        inThread(this::accept);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    byte[] fromClient() {
        synchronized (fromClient) {
            return fromClient.toByteArray();
        }
    }

    byte[] fromServer() {
        synchronized (fromServer) {
            return fromServer.toByteArray();
        }
    }

    /** What a thread does until the connection ends. */
    private interface Pump {
        void run() throws IOException;
    }

    private static void inThread(Pump pump) {
        Thread thread = new Thread(
                () -> {
                    try {
                        pump.run();
                    } catch (IOException e) {
                        // One side has closed.
                    }
                },
                "wire");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            Socket upstream = new Socket(server.getAddress(), server.getPort());
            inThread(() -> {
                try (client;
                        upstream) {
                    pass(client.getInputStream(), upstream.getOutputStream());
                }
            });
            inThread(() -> {
                try (client;
                        upstream) {
                    passFrames(
                            new DataInputStream(upstream.getInputStream()),
                            new DataOutputStream(client.getOutputStream()));
                }
            });
        }
    }

    private void pass(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            synchronized (fromClient) {
                fromClient.write(buffer, 0, count);
            }
            out.write(buffer, 0, count);
        }
    }

    private void passFrames(DataInputStream in, DataOutputStream out) throws IOException {
        while (true) {
            byte[] frame = tamper.apply(in.readNBytes(in.readInt()));
            synchronized (fromServer) {
                DataOutputStream record = new DataOutputStream(fromServer);
                record.writeInt(frame.length);
                record.write(frame);
            }
            out.writeInt(frame.length);
            out.write(frame);
            out.flush();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
