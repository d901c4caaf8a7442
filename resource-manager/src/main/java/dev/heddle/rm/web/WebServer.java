package dev.heddle.rm.web;

import dev.heddle.common.UserException;
import dev.heddle.rm.lead.Leadership;
import dev.heddle.rm.lead.LeadingCluster;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.snapshot.ApplicationSnapshot;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.net.NetUtils;
import org.jspecify.annotations.Nullable;

/**
 * Serves the page: {@code /} and {@code /cluster} for an overview, {@code /cluster/app/ID} for one application, and
 * {@code /proxy/ID/} which leads on to the page of the application itself; and what {@link SchedulerAnswers} says. It only
 * reads.
 */
public final class WebServer implements AutoCloseable {
    private static final Pattern APPLICATION =
            Pattern.compile("/(cluster/app|proxy)/application_(\\d{1,18})_(\\d{1,9})(/.*)?");

    private static final Pattern REASONS =
            Pattern.compile("/api/v1/applications/application_(\\d{1,18})_(\\d{1,9})/reasons");

    /** No script, and nothing from anywhere else. */
    private static final String CONTENT_POLICY =
            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final Vertx vertx;
    private final String address;

    private WebServer(Vertx vertx, String address) {
        this.vertx = vertx;
        this.address = address;
    }

    /**
     * Binds the port and serves.
     *
     * @param key the setting that a person changes when the port is taken
     * @throws UserException if the port cannot be bound
     */
    public static WebServer start(InetSocketAddress bind, String key, Leadership leadership) {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        String style = resource("page.css");
        SchedulerAnswers scheduler = new SchedulerAnswers();
        try {
            HttpServer server = vertx.createHttpServer()
                    .requestHandler(request -> answer(request, leadership, style, scheduler))
                    .listen(bind.getPort(), bind.getHostString())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            return new WebServer(
                    vertx,
                    NetUtils.getHostPortString(NetUtils.getConnectAddress(
                            new InetSocketAddress(bind.getHostString(), server.actualPort()))));
        } catch (CompletionException e) {
            vertx.close();
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new UserException(
                    "cannot listen on " + bind.getHostString() + ":" + bind.getPort() + " (" + cause.getMessage()
                            + "): stop the process that holds it or set " + key + " to another address",
                    e);
        }
    }

    /** Where the page is, {@code host:port}, with the port that was really taken. */
    public String address() {
        return address;
    }

    private static void answer(
            HttpServerRequest request, Leadership leadership, String style, SchedulerAnswers scheduler) {
        HttpServerResponse response = request.response();
        response.putHeader("Content-Security-Policy", CONTENT_POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Cache-Control", "no-store");
        String path = request.path() == null ? "/" : request.path();
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            plain(response, 405, "This page only answers GET.");
        } else if (path.equals("/page.css")) {
            response.putHeader("Content-Type", "text/css; charset=utf-8").end(style);
        } else if (path.equals("/") || path.equals("/cluster")) {
            html(response, Page.overview(leadership.current()));
        } else if (path.startsWith("/api/v1/")) {
            api(response, path, leadership.current(), scheduler);
        } else {
            Matcher matcher = APPLICATION.matcher(path);
            if (matcher.matches()) {
                application(response, matcher, leadership.current());
            } else {
                plain(response, 404, "There is nothing at this address: the overview is at /cluster.");
            }
        }
    }

    private static void api(
            HttpServerResponse response, String path, @Nullable LeadingCluster cluster, SchedulerAnswers scheduler) {
        Matcher reasons = REASONS.matcher(path);
        if (!path.equals("/api/v1/preemption") && !reasons.matches()) {
            json(
                    response,
                    404,
                    error("there is nothing at this address: there are /api/v1/applications/ID/reasons and"
                            + " /api/v1/preemption"));
        } else if (cluster == null) {
            json(response, 503, error("this resource manager stands by: ask the one that leads"));
        } else if (path.equals("/api/v1/preemption")) {
            answer(response, scheduler.preemption(cluster));
        } else {
            ApplicationId id = new ApplicationId(Long.parseLong(reasons.group(1)), Integer.parseInt(reasons.group(2)));
            if (cluster.snapshots().application(id) == null) {
                json(response, 404, error("no application " + id + " is known here"));
            } else {
                answer(response, scheduler.reasons(cluster, id));
            }
        }
    }

    /** The answer comes from the core's thread and goes out on the connection's own. */
    private static void answer(HttpServerResponse response, CompletionStage<JsonObject> answer) {
        Context context = Vertx.currentContext();
        answer.whenComplete((body, failure) -> context.runOnContext(now -> {
            if (failure == null) {
                json(response, 200, body);
            } else {
                json(response, 503, error("the scheduler is too busy to say: ask again later"));
            }
        }));
    }

    private static JsonObject error(String message) {
        return new JsonObject().put("error", message);
    }

    private static void json(HttpServerResponse response, int status, JsonObject body) {
        response.setStatusCode(status)
                .putHeader("Content-Type", "application/json; charset=utf-8")
                .end(body.encode() + "\n");
    }

    private static void application(HttpServerResponse response, Matcher path, @Nullable LeadingCluster cluster) {
        if (cluster == null) {
            html(response, Page.overview(null));
            return;
        }
        ApplicationId id = new ApplicationId(Long.parseLong(path.group(2)), Integer.parseInt(path.group(3)));
        ApplicationSnapshot application = cluster.snapshots().application(id);
        if (application == null) {
            plain(response, 404, "No application " + id + " is known here.");
            return;
        }
        String tracking = trackingUrl(application);
        if (path.group(1).equals("proxy") && tracking != null) {
            String rest = path.group(4) == null ? "" : path.group(4).substring(1);
            response.setStatusCode(302)
                    .putHeader("Location", (tracking.endsWith("/") ? tracking : tracking + "/") + rest)
                    .end();
        } else {
            html(response, Page.application(application));
        }
    }

    /** What the master gave, if it is an address that a browser may be sent to. */
    private static @Nullable String trackingUrl(ApplicationSnapshot application) {
        ApplicationSnapshot.AttemptSnapshot attempt = application.attempt();
        if (attempt == null
                || attempt.trackingUrl().isEmpty()
                || application.times().endedAtMs() != 0) {
            return null;
        }
        String url = attempt.trackingUrl();
        if (url.startsWith("http://") || url.startsWith("https://")) {
            return url;
        }
        return url.contains("://") ? null : "http://" + url;
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
