package dev.heddle.nm.web;

import dev.heddle.common.UserException;
import dev.heddle.nm.health.NodeHealth;
import dev.heddle.nm.localization.CacheFigures;
import dev.heddle.nm.logs.ContainerLogFiles;
import dev.heddle.nm.snapshot.NodeSnapshots;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the node's page at {@code /node}, REST at {@code /ws/v1/node} with YARN's addresses and fields, and
 * {@code /prom} for Prometheus. It only reads, from snapshots and log files, and holds nobody up.
 */
public final class WebServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(WebServer.class);

    /** For what looks at files or asks for groups. */
    private static final int WORKERS = 4;

    private static final int MAX_HEADER_BYTES = 1 << 16;

    /** No script, and nothing from anywhere else. */
    private static final String CONTENT_POLICY =
            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String METHODS = "GET, HEAD, OPTIONS";

    private static final Pattern APPLICATION = Pattern.compile("/ws/v1/node/apps/([^/]+)/?");
    private static final Pattern CONTAINER = Pattern.compile("/ws/v1/node/containers/([^/]+)/?");
    private static final Pattern LOGS = Pattern.compile("/ws/v1/node/containers/([^/]+)/logs/?");
    private static final Pattern LOG =
            Pattern.compile("/ws/v1/node/(?:containers/([^/]+)/logs|containerlogs/([^/]+))/([^/]+)");
    private static final Pattern CONTAINER_PAGE =
            Pattern.compile("/node/(?:container/([^/]+)|containerlogs/([^/]+)(?:/[^/]*)?)/?");

    private final Vertx vertx;
    private final int port;
    private final AtomicReference<@Nullable Served> served = new AtomicReference<>();
    private final String style = resource("page.css");

    /** What answers, once the node knows its name. */
    private record Served(
            NodeFacts node,
            NodeAnswers answers,
            LogAnswers logs,
            Page page,
            Metrics metrics,
            Readers readers,
            ContainerLogFiles files) {}

    private WebServer(Vertx vertx, InetSocketAddress bind, String key) {
        this.vertx = vertx;
        try {
            HttpServer server = vertx.createHttpServer(new HttpServerOptions().setMaxHeaderSize(MAX_HEADER_BYTES))
                    .requestHandler(this::answer)
                    .listen(bind.getPort(), bind.getHostString())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            this.port = server.actualPort();
        } catch (CompletionException e) {
            vertx.close();
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new UserException(
                    "cannot listen on " + bind.getHostString() + ":" + bind.getPort() + " (" + cause.getMessage()
                            + "): stop the process that holds it or set " + key + " to another address",
                    e);
        }
    }

    /**
     * Binds the port. Until {@link #serve} readers are told to come again.
     *
     * @param key the setting that a person changes when the port is taken
     * @throws UserException if the port cannot be bound
     */
    public static WebServer start(InetSocketAddress bind, String key) {
        return new WebServer(
                Vertx.vertx(new VertxOptions()
                        .setEventLoopPoolSize(1)
                        .setWorkerPoolSize(WORKERS)
                        // Nothing is served from files of its own, for which it would keep a directory.
                        .setFileSystemOptions(new FileSystemOptions()
                                .setFileCachingEnabled(false)
                                .setClassPathResolvingEnabled(false))),
                bind,
                key);
    }

    /** The port that was really taken. */
    public int port() {
        return port;
    }

    /** Begins to answer. */
    public void serve(
            NodeFacts node,
            NodeSnapshots snapshots,
            ContainerLogFiles files,
            Readers readers,
            Supplier<CacheFigures> cache,
            Supplier<NodeHealth> health) {
        served.set(new Served(
                node,
                new NodeAnswers(node, snapshots, health, files, readers),
                new LogAnswers(vertx, node, snapshots, files, readers),
                new Page(node, snapshots, readers),
                new Metrics(node, snapshots, cache),
                readers,
                files));
    }

    private void answer(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        response.putHeader("Content-Security-Policy", CONTENT_POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Cache-Control", "no-store");
        String path = request.path() == null ? "/" : request.path();
        Served now = served.get();
        if (request.method().equals(HttpMethod.OPTIONS)) {
            // Hadoop's clients ask so before they ask anything else.
            response.putHeader("Allow", METHODS).end();
        } else if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            plain(response.putHeader("Allow", METHODS), 405, "This page only answers GET.");
        } else if (now == null) {
            plain(response, 503, "The node manager is starting: ask again.");
        } else if (path.equals("/page.css")) {
            response.putHeader("Content-Type", "text/css; charset=utf-8").end(style);
        } else if (path.equals("/")) {
            response.setStatusCode(302).putHeader("Location", "/node").end();
        } else if (path.startsWith("/ws/v1/node")) {
            rest(request, path, now);
        } else {
            pages(request, path, now);
        }
    }

    private void pages(HttpServerRequest request, String path, Served now) {
        HttpServerResponse response = request.response();
        String reader = now.readers().reader(request.getParam("user.name"));
        Matcher container = CONTAINER_PAGE.matcher(path);
        if (path.equals("/node") || path.equals("/node/")) {
            later(request, () -> now.page().overview(reader), page -> html(response, page));
        } else if (container.matches()) {
            String id = container.group(1) == null ? container.group(2) : container.group(1);
            later(
                    request,
                    () -> now.page().container(now.logs().viewable(decoded(id), reader), now.files()),
                    page -> html(response, page));
        } else if (path.equals("/prom")) {
            later(request, () -> now.metrics().text(), text -> response.putHeader("Content-Type", Metrics.CONTENT_TYPE)
                    .end(text));
        } else {
            plain(response, 404, "There is nothing at this address: the node's page is at /node.");
        }
    }

    private void rest(HttpServerRequest request, String path, Served now) {
        String reader = now.readers().reader(request.getParam("user.name"));
        Matcher log = LOG.matcher(path);
        if (log.matches()) {
            log(request, log, reader, now);
            return;
        }
        Callable<Document> question = question(request, path, reader, now);
        if (question == null) {
            refuse(request, WebRefusal.notFound("null for uri: " + request.absoluteURI()));
        } else {
            later(request, question, document -> document(request, 200, document));
        }
    }

    private static @Nullable Callable<Document> question(
            HttpServerRequest request, String path, @Nullable String reader, Served now) {
        String bare = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        String base = request.scheme() + "://" + request.authority() + "/";
        switch (bare) {
            case "/ws/v1/node", "/ws/v1/node/info" -> {
                return now.answers()::node;
            }
            case "/ws/v1/node/apps" -> {
                return () -> now.answers().applications(request.getParam("state"), request.getParam("user"), reader);
            }
            case "/ws/v1/node/containers" -> {
                return () -> now.answers().containers(base, reader);
            }
            default -> {
                Matcher application = APPLICATION.matcher(path);
                if (application.matches()) {
                    return () -> now.answers().application(decoded(application.group(1)));
                }
                Matcher container = CONTAINER.matcher(path);
                if (container.matches()) {
                    return () -> now.answers().container(decoded(container.group(1)), base, reader);
                }
                Matcher logs = LOGS.matcher(path);
                if (logs.matches()) {
                    return () -> now.answers().logs(now.logs().viewable(decoded(logs.group(1)), reader));
                }
                return null;
            }
        }
    }

    private void log(HttpServerRequest request, Matcher path, @Nullable String reader, Served now) {
        LogAnswers.Request wanted;
        try {
            wanted = new LogAnswers.Request(
                    decoded(path.group(1) == null ? path.group(2) : path.group(1)),
                    decoded(path.group(3)),
                    request.getParam("size"),
                    request.getParam("format"),
                    Boolean.parseBoolean(request.getParam("follow")),
                    reader);
        } catch (WebRefusal refusal) {
            refuse(request, refusal);
            return;
        }
        vertx.executeBlocking(() -> now.logs().find(wanted), false)
                .onSuccess(found -> now.logs().send(found, wanted, request))
                .onFailure(failure -> {
                    if (!elsewhere(request, wanted, now.node(), failure)) {
                        refused(request, failure);
                    }
                });
    }

    /** Sends who asks for a log that is not here on to where it may be. */
    private static boolean elsewhere(
            HttpServerRequest request, LogAnswers.Request wanted, NodeFacts node, Throwable failure) {
        if (node.logServer().isEmpty() || !(failure instanceof WebRefusal refusal) || refusal.status() != 404) {
            return false;
        }
        String server = node.logServer().endsWith("/")
                ? node.logServer().substring(0, node.logServer().length() - 1)
                : node.logServer();
        String query = request.query() == null || request.query().isEmpty() ? "" : request.query() + "&";
        request.response()
                .setStatusCode(307)
                .putHeader(
                        "Location",
                        server + "/containers/" + wanted.container() + "/logs/"
                                + URLEncoder.encode(wanted.name(), StandardCharsets.UTF_8)
                                        .replace("+", "%20")
                                + "?" + query + "redirected_from_node=true")
                .end();
        return true;
    }

    private static String decoded(String part) throws WebRefusal {
        try {
            return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw WebRefusal.bad("the address is not encoded rightly: " + part);
        }
    }

    private interface Answer<T> {
        void give(T value);
    }

    private <T> void later(HttpServerRequest request, Callable<T> question, Answer<T> answer) {
        vertx.executeBlocking(question, false).onSuccess(answer::give).onFailure(failure -> refused(request, failure));
    }

    private static void refused(HttpServerRequest request, Throwable failure) {
        if (failure instanceof WebRefusal refusal) {
            refuse(request, refusal);
        } else {
            log.warn("cannot answer {}", request.path(), failure);
            refuse(request, WebRefusal.unavailable(String.valueOf(failure.getMessage())));
        }
    }

    private static void refuse(HttpServerRequest request, WebRefusal refusal) {
        if (request.path() != null && LOG.matcher(request.path()).matches()) {
            plain(request.response(), refusal.status(), refusal.message());
        } else if (request.path() != null && request.path().startsWith("/ws/")) {
            document(request, refusal.status(), refusal.document());
        } else {
            plain(request.response(), refusal.status(), refusal.message());
        }
    }

    private static void document(HttpServerRequest request, int status, Document document) {
        String accept = request.getHeader("Accept");
        int xml = accept == null ? -1 : accept.indexOf("application/xml");
        int json = accept == null ? -1 : accept.indexOf("application/json");
        boolean asXml = xml >= 0 && (json < 0 || xml < json);
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", (asXml ? "application/xml" : "application/json") + ";charset=utf-8")
                .end(asXml ? document.xml() : document.json());
    }

    private static void html(HttpServerResponse response, String page) {
        response.putHeader("Content-Type", "text/html; charset=utf-8").end(page);
    }

    private static void plain(HttpServerResponse response, int status, String text) {
        response.setStatusCode(status)
                .putHeader("Content-Type", "text/plain; charset=utf-8")
                .end(text + "\n");
    }

    private static String resource(String name) {
        try (InputStream in = WebServer.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + name, e);
        }
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
