package dev.heddle.app.submit;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks an application master how far it is. */
final class StatusClient {
    private static final Logger log = LoggerFactory.getLogger(StatusClient.class);
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final int HTTP_OK = 200;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(LIMIT).build();

    /**
     * Asks.
     *
     * @param trackingUrl that the application master registered
     * @return what is known; the former progress where the application master does not answer
     */
    Progress ask(String trackingUrl, Progress former) throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(trackingUrl).resolve("api/v1/status"))
                    .timeout(LIMIT)
                    .build();
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return response.statusCode() == HTTP_OK ? parse(response.body(), former.state()) : former;
        } catch (IOException | IllegalArgumentException | DecodeException e) {
            log.debug("no status from {}: {}", trackingUrl, e.toString());
            return former;
        }
    }

    private static Progress parse(String body, String state) {
        JsonObject status = new JsonObject(body);
        JsonObject executors = status.getJsonObject("executors", new JsonObject());
        JsonObject tasks = status.getJsonObject("tasks", new JsonObject());
        int completed = tasks.getInteger("completed", 0);
        int running = tasks.getInteger("running", 0);
        int total = completed + running + tasks.getInteger("pending", 0) + tasks.getInteger("failed", 0);
        return new Progress(
                state,
                "",
                executors.getInteger("running", 0),
                executors.getInteger("target", 0),
                completed,
                running,
                total);
    }
}
