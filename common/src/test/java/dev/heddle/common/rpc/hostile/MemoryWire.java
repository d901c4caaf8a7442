package dev.heddle.common.rpc.hostile;

import dev.heddle.common.rpc.server.MemoryConnection;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A connection in memory, as a client reads and writes it: each write is one read of the server. */
final class MemoryWire implements TokenDialogue.Wire {
    private final MemoryConnection connection;
    private int readBytes;

    MemoryWire(MemoryConnection connection) {
        this.connection = connection;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        connection.write(bytes);
    }

    @Override
    public Answer read() throws IOException {
        byte[] received = connection.received();
        ByteBuffer bytes = ByteBuffer.wrap(received, readBytes, received.length - readBytes);
        if (!bytes.hasRemaining()) {
            throw new EOFException("the server has not answered");
        }
        byte[] frame = new byte[bytes.getInt()];
        bytes.get(frame);
        readBytes = bytes.position();
        return Answer.of(frame);
    }
}
