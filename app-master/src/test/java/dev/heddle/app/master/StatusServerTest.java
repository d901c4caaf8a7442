package dev.heddle.app.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.app.scheduling.TaskCounts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class StatusServerTest {
    private final StatusServer server = new StatusServer(
            "application_1_0001",
            "<b>name</b>",
            () -> new ApplicationStatus("RUNNING", 3, 2, 4, new TaskCounts(5, 6, 7, 8)));
    private int port;

    @BeforeEach
    void start() throws Exception {
        port = server.start("127.0.0.1");
    }

    @AfterEach
    void close() {
        server.close();
    }

    private HttpResponse<String> call(String method, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void shouldTellTheStatusAsJson() throws Exception {
        HttpResponse<String> response = call("GET", "/api/v1/status");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(response.body())
                .isEqualTo("{\"application\":\"application_1_0001\",\"name\":\"<b>name</b>\",\"state\":\"RUNNING\","
                        + "\"executors\":{\"target\":3,\"running\":2,\"total\":4},"
                        + "\"tasks\":{\"pending\":5,\"running\":6,\"completed\":7,\"failed\":8}}\n");
    }

    @Test
    void shouldShowAPageThatTakesNamesForText() throws Exception {
        assertThat(call("GET", "/").body())
                .contains("<h1>&lt;b&gt;name&lt;/b&gt;</h1>")
                .contains("<tr><th>completed</th><td>7</td></tr>");
    }

    @Test
    void shouldRefuseEverythingElse() throws Exception {
        assertThat(call("GET", "/other").statusCode()).isEqualTo(404);
        assertThat(call("POST", "/api/v1/status").statusCode()).isEqualTo(405);
    }
}
