package dev.heddle.app.master;

import dev.heddle.app.scheduling.TaskCounts;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Tells over HTTP how far the application is. Read-only; reads snapshots, never the controller's state. */
final class StatusServer implements AutoCloseable {
    private static final long LIMIT_SECONDS = 10;
    private static final int HTTP_OK = 200;
    private static final int HTTP_NOT_FOUND = 404;
    private static final int HTTP_METHOD_NOT_ALLOWED = 405;

    private final String applicationId;
    private final String name;
    private final Supplier<ApplicationStatus> status;
    private final Vertx vertx;

    StatusServer(String applicationId, String name, Supplier<ApplicationStatus> status) {
        this.applicationId = applicationId;
        this.name = name;
        this.status = status;
        this.vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
    }

    /**
     * Begins to serve.
     *
     * @return the port, one of the system's choice
     */
    int start(String host) throws IOException, InterruptedException {
        try {
            HttpServer server = vertx.createHttpServer(
                            new HttpServerOptions().setHost(host).setPort(0))
                    .requestHandler(this::answer)
                    .listen()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(LIMIT_SECONDS, TimeUnit.SECONDS);
            return server.actualPort();
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("cannot serve the application's status on " + host + ": " + e.getMessage(), e);
        }
    }

    private void answer(HttpServerRequest request) {
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            respond(request, HTTP_METHOD_NOT_ALLOWED, "text/plain", "read-only\n");
            return;
        }
        switch (request.path()) {
            case "/api/v1/status" -> respond(request, HTTP_OK, "application/json", json() + "\n");
            case "/" -> respond(request, HTTP_OK, "text/html; charset=utf-8", page());
            default -> respond(request, HTTP_NOT_FOUND, "text/plain", "not found; see / and /api/v1/status\n");
        }
    }

    private static void respond(HttpServerRequest request, int code, String type, String body) {
        request.response()
                .setStatusCode(code)
                .putHeader("Content-Type", type)
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Content-Type-Options", "nosniff")
                .end(body);
    }

    private String json() {
        ApplicationStatus now = status.get();
        TaskCounts tasks = now.tasks();
        return new JsonObject()
                .put("application", applicationId)
                .put("name", name)
                .put("state", now.state())
                .put(
                        "executors",
                        new JsonObject()
                                .put("target", now.executorsTarget())
                                .put("running", now.executorsRunning())
                                .put("total", now.executorsTotal()))
                .put(
                        "tasks",
                        new JsonObject()
                                .put("pending", tasks.pending())
                                .put("running", tasks.running())
                                .put("completed", tasks.completed())
                                .put("failed", tasks.failed()))
                .encode();
    }

    private String page() {
        ApplicationStatus now = status.get();
        TaskCounts tasks = now.tasks();
        return """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta http-equiv="refresh" content="2">
                <title>%1$s</title>
                <style>
                body { font: 16px/1.5 system-ui, sans-serif; max-width: 40em; margin: 3em auto; padding: 0 1em; }
                th { text-align: left; padding-right: 2em; font-weight: normal; color: #555; }
                td { text-align: right; font-variant-numeric: tabular-nums; }
                </style>
                </head>
                <body>
                <h1>%1$s</h1>
                <p>%2$s, %3$s</p>
                <h2>Executors</h2>
                <table>
                <tr><th>wanted</th><td>%4$d</td></tr>
                <tr><th>running</th><td>%5$d</td></tr>
                <tr><th>started so far</th><td>%6$d</td></tr>
                </table>
                <h2>Tasks</h2>
                <table>
                <tr><th>waiting</th><td>%7$d</td></tr>
                <tr><th>running</th><td>%8$d</td></tr>
                <tr><th>completed</th><td>%9$d</td></tr>
                <tr><th>failed</th><td>%10$d</td></tr>
                </table>
                <p><a href="api/v1/status">the same as JSON</a></p>
                </body>
                </html>
                """
                .formatted(
                        escape(name),
                        escape(applicationId),
                        now.state(),
                        now.executorsTarget(),
                        now.executorsRunning(),
                        now.executorsTotal(),
                        tasks.pending(),
                        tasks.running(),
                        tasks.completed(),
                        tasks.failed());
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    @Override
    public void close() {
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS)
                .exceptionally(e -> null)
                .join();
    }
}
