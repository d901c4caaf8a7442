package dev.heddle.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HadoopProcessTest {
    private static final String COMMAND = "sleep 12345";

    @Test
    void shouldRunAContainerAndLeaveNothingBehind(@TempDir Path directory) throws Exception {
        Optional<ProcessHandle> container;
        try (HadoopProcess hadoop = HadoopProcess.cluster(directory, 1)) {
            submit(hadoop.configurationDirectory());
            Await.until(
                    "the container", Duration.ofMinutes(1), () -> find(hadoop).isPresent());
            container = find(hadoop);
        }
        assertThat(container)
                .hasValueSatisfying(process ->
                        Await.until("the end of the container", Duration.ofSeconds(20), () -> !process.isAlive()));
    }

    private static Optional<ProcessHandle> find(HadoopProcess hadoop) {
        return hadoop.process().descendants().stream()
                .filter(process -> process.info().commandLine().orElse("").endsWith(COMMAND))
                .reduce((outer, inner) -> inner);
    }

    private static void submit(Path configurationDirectory) throws Exception {
        Configuration configuration = new YarnConfiguration();
        configuration.addResource(new org.apache.hadoop.fs.Path(
                configurationDirectory.resolve("yarn-site.xml").toUri()));
        try (YarnClient client = YarnClient.createYarnClient()) {
            client.init(configuration);
            client.start();
            ApplicationSubmissionContext context = client.createApplication().getApplicationSubmissionContext();
            context.setApplicationName("testbed");
            context.setResource(Resource.newInstance(128, 1));
            context.setAMContainerSpec(
                    ContainerLaunchContext.newInstance(Map.of(), Map.of(), List.of(COMMAND), null, null, null));
            client.submitApplication(context);
        }
    }
}
