package dev.heddle.rm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the scheduler says for itself over HTTP. */
class SchedulerAnswersTest {
    private final RunningResourceManager resourceManager = RunningResourceManager.start();
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        resourceManager.close();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://" + resourceManager.addresses().page() + path);
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json; charset=utf-8");
        return new ObjectMapper().readTree(response.body());
    }

    private ApplicationId submit() throws Exception {
        try (YarnClient client = resourceManager.client()) {
            ApplicationSubmissionContext submission = client.createApplication().getApplicationSubmissionContext();
            submission.setAMContainerSpec(
                    ContainerLaunchContext.newInstance(Map.of(), Map.of(), List.of("true"), Map.of(), null, Map.of()));
            submission.setResource(Resource.newInstance(256, 1));
            submission.setQueue("default");
            return client.submitApplication(submission);
        }
    }

    @Test
    void shouldSayWhatAnApplicationWaitsFor() throws Exception {
        ApplicationId id = submit();
        HttpResponse<String> response = get("/api/v1/applications/" + id + "/reasons");
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode answer = json(response);
        assertThat(answer.get("application").asText()).isEqualTo(id.toString());
        assertThat(answer.get("reasons")).hasSize(1);
        JsonNode reason = answer.get("reasons").get(0);
        assertThat(reason.get("reason").asText()).isEqualTo("no node takes containers");
        assertThat(reason.get("remedy").asText()).startsWith("start node managers");
        assertThat(reason.get("size").get("memoryMb").asLong()).isPositive();
        assertThat(Instant.parse(reason.get("since").asText())).isAfter(Instant.EPOCH);
    }

    @Test
    void shouldSayWhatWouldBeTakenFromWhom() throws Exception {
        HttpResponse<String> response = get("/api/v1/preemption");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(json(response).get("losses").isArray()).isTrue();
    }

    @Test
    void shouldSayWhatIsWrongWithAQuestion() throws Exception {
        HttpResponse<String> unknown = get("/api/v1/applications/application_1_0001/reasons");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(json(unknown).get("error").asText()).isEqualTo("no application application_1_0001 is known here");
        HttpResponse<String> nothing = get("/api/v1/everything");
        assertThat(nothing.statusCode()).isEqualTo(404);
        assertThat(json(nothing).get("error").asText()).contains("/api/v1/preemption");
    }
}
