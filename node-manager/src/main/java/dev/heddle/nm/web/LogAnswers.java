package dev.heddle.nm.web;

import dev.heddle.nm.container.ContainerSnapshot;
import dev.heddle.nm.logs.ContainerLogFiles;
import dev.heddle.nm.logs.ContainerLogFiles.Opened;
import dev.heddle.nm.snapshot.ApplicationSnapshot;
import dev.heddle.nm.snapshot.NodeSnapshots;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.logaggregation.ContainerLogAggregationType;
import org.apache.hadoop.yarn.util.Times;
import org.jspecify.annotations.Nullable;

/** Sends log files to those who may see them, in the frame that {@code yarn logs} prints, or bare and followed. */
final class LogAnswers {
    /** Log files that are being sent at the same time. */
    static final int MAX_STREAMS = 1_000;

    private static final int RULE_WIDTH = 50;

    private final Vertx vertx;
    private final NodeFacts node;
    private final NodeSnapshots snapshots;
    private final ContainerLogFiles files;
    private final Readers readers;
    private final AtomicInteger streams = new AtomicInteger();

    LogAnswers(Vertx vertx, NodeFacts node, NodeSnapshots snapshots, ContainerLogFiles files, Readers readers) {
        this.vertx = vertx;
        this.node = node;
        this.snapshots = snapshots;
        this.files = files;
        this.readers = readers;
    }

    /**
     * What somebody wants to read.
     *
     * @param size as the request says it: so many bytes from the beginning, or from the end where it is negative
     * @param follow whether to go on while the container runs
     */
    record Request(
            String container,
            String name,
            @Nullable String size,
            @Nullable String format,
            boolean follow,
            @Nullable String reader) {}

    /** A file that may be sent, and how. */
    record Found(ContainerId container, Opened opened, long size, String contentType) {}

    /** A container whose logs the reader may see. Blocks. */
    ContainerId viewable(String text, @Nullable String reader) throws WebRefusal {
        ContainerId container = NodeAnswers.containerId(text);
        ApplicationSnapshot application =
                snapshots.owner(container.getApplicationAttemptId().getApplicationId());
        if (application == null) {
            throw WebRefusal.notFound("Unknown container. Container either has not started or has already completed"
                    + " or doesn't belong to this node at all.");
        }
        if (!readers.mayView(reader, application)) {
            throw WebRefusal.forbidden(
                    "User [" + reader + "] is not authorized to view the logs for application " + application.id());
        }
        ContainerSnapshot snapshot = snapshots.container(container);
        if (snapshot != null && !NodeAnswers.hasBegun(snapshot.state())) {
            throw WebRefusal.notFound("Container is not yet running. Current state is " + NodeAnswers.state(snapshot));
        }
        return container;
    }

    /** Looks a file up. Blocks. */
    Found find(Request request) throws WebRefusal, IOException {
        ContainerId container = viewable(request.container(), request.reader());
        String contentType = contentType(request.format());
        long size = size(request.size());
        Opened opened = files.open(container, request.name());
        if (opened == null) {
            throw WebRefusal.notFound("Cannot find this log on the local disk.");
        }
        return new Found(container, opened, size, contentType);
    }

    private static String contentType(@Nullable String format) throws WebRefusal {
        if (format == null || format.isEmpty() || format.equalsIgnoreCase("text")) {
            return "text/plain";
        }
        if (format.equalsIgnoreCase("octet-stream")) {
            return "application/octet-stream";
        }
        throw WebRefusal.bad("The valid values for the parameter : format are [text, octet-stream]");
    }

    private static long size(@Nullable String size) throws WebRefusal {
        if (size == null || size.isEmpty()) {
            return Long.MAX_VALUE;
        }
        try {
            return Long.parseLong(size);
        } catch (NumberFormatException e) {
            throw WebRefusal.argument("For input string: \"" + size + "\"");
        }
    }

    /** Sends a file. On the connection's thread. */
    void send(Found found, Request request, HttpServerRequest asked) {
        HttpServerResponse response = asked.response();
        if (asked.method().equals(HttpMethod.HEAD)) {
            // Whoever asks so only wants to know whether it is there.
            close(found.opened());
            response.putHeader("Content-Type", found.contentType() + "; charset=utf-8")
                    .end();
            return;
        }
        if (streams.incrementAndGet() > MAX_STREAMS) {
            streams.decrementAndGet();
            close(found.opened());
            response.setStatusCode(503).end("Too many logs are being read on this node: try again later.\n");
            return;
        }
        long length = found.opened().file().length();
        long wanted = found.size() < 0
                ? Math.min(length, found.size() == Long.MIN_VALUE ? Long.MAX_VALUE : -found.size())
                : Math.min(length, found.size());
        LogStream.Part part = new LogStream.Part(found.size() < 0 ? length - wanted : 0, wanted, request.follow());
        response.putHeader("Content-Type", found.contentType() + "; charset=utf-8");
        LogStream stream = new LogStream(
                vertx, response, found.opened(), part, () -> !isRunning(found.container()), streams::decrementAndGet);
        if (request.follow()) {
            stream.start("", "");
        } else {
            stream.start(head(found), tail(found));
        }
    }

    private boolean isRunning(ContainerId container) {
        ContainerSnapshot snapshot = snapshots.container(container);
        return snapshot != null && !snapshot.isDone();
    }

    private String head(Found found) {
        String on = "Container: " + found.container() + " on " + node.id();
        return on + "\nLogAggregationType: " + ContainerLogAggregationType.LOCAL + "\n" + "=".repeat(on.length())
                + "\nLogType:" + found.opened().file().name() + "\nLogLastModifiedTime:"
                + Times.format(found.opened().file().modifiedMs()) + "\nLogLength:"
                + found.opened().file().length() + "\nLogContents:\n";
    }

    private String tail(Found found) {
        String end = "End of LogType:" + found.opened().file().name();
        String incomplete = isRunning(found.container())
                ? "This log file belongs to a running container (" + found.container() + ") and so may not be complete."
                : "";
        return end + "." + incomplete + "\n" + "*".repeat(end.length() + RULE_WIDTH) + "\n\n";
    }

    private void close(Opened opened) {
        vertx.executeBlocking(
                () -> {
                    opened.close();
                    return new Object();
                },
                false);
    }
}
