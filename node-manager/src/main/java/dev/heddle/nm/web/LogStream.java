package dev.heddle.nm.web;

import dev.heddle.nm.logs.ContainerLogFiles.Opened;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a log file, as fast as the reader takes it. Belongs to the connection's thread; files are read by a worker.
 *
 * <p>One that is followed goes on with what is written to it until the container has ended and everything has been sent.
 */
final class LogStream {
    private static final Logger log = LoggerFactory.getLogger(LogStream.class);

    private static final int CHUNK_BYTES = 1 << 16;
    private static final long FOLLOW_INTERVAL_MS = 250;

    private final Vertx vertx;
    private final HttpServerResponse response;
    private final Opened opened;
    private final BooleanSupplier over;
    private final Runnable done;
    private final boolean following;
    private long position;
    private long left;
    private String end = "";
    private boolean closed;

    /** What of a file is sent: from a byte on, at most so many; a followed one without an end. */
    record Part(long from, long length, boolean following) {}

    /**
     * @param over whether nothing more is written to the file; asked before the last look
     * @param done hears, once, that nothing more is sent
     */
    LogStream(Vertx vertx, HttpServerResponse response, Opened opened, Part part, BooleanSupplier over, Runnable done) {
        this.vertx = vertx;
        this.response = response;
        this.opened = opened;
        this.over = over;
        this.done = done;
        this.following = part.following();
        this.position = part.from();
        this.left = part.following() ? Long.MAX_VALUE : part.length();
    }

    /** Begins. The response's head has been prepared, and this ends it. */
    void start(String head, String tail) {
        end = tail;
        response.setChunked(true);
        response.exceptionHandler(failure -> close());
        response.closeHandler(gone -> close());
        if (!head.isEmpty()) {
            response.write(head);
        }
        next();
    }

    private void next() {
        if (closed) {
            return;
        }
        if (left <= 0) {
            finish();
            return;
        }
        boolean wasOver = over.getAsBoolean();
        Future<Buffer> read = vertx.executeBlocking(this::read, false);
        read.onSuccess(buffer -> send(buffer, wasOver)).onFailure(this::fail);
    }

    /** On a worker. */
    private Buffer read() throws IOException {
        long size = opened.channel().size();
        if (following && size < position) {
            // It has been cut short and begun anew.
            position = 0;
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, left));
        opened.channel().position(position);
        int length = opened.channel().read(bytes);
        return Buffer.buffer(Math.max(length, 0)).appendBytes(bytes.array(), 0, Math.max(length, 0));
    }

    private void send(Buffer buffer, boolean wasOver) {
        if (closed) {
            return;
        }
        if (buffer.length() == 0) {
            if (following && !wasOver) {
                vertx.setTimer(FOLLOW_INTERVAL_MS, timer -> next());
            } else {
                finish();
            }
            return;
        }
        position += buffer.length();
        left -= buffer.length();
        response.write(buffer);
        if (response.writeQueueFull()) {
            response.drainHandler(drained -> next());
        } else {
            next();
        }
    }

    private void finish() {
        if (!closed) {
            close();
            response.end(end);
        }
    }

    private void fail(Throwable failure) {
        log.debug("sending {}", opened.file(), failure);
        close();
        // The reader has a part of it already: only a broken connection tells that the rest is missing.
        response.reset();
    }

    private void close() {
        if (closed) {
            return;
        }
        closed = true;
        done.run();
        Future<Object> unused = vertx.executeBlocking(
                () -> {
                    opened.close();
                    return new Object();
                },
                false);
    }
}
