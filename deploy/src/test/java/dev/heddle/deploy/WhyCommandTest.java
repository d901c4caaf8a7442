package dev.heddle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.app.submit.ResourceManagerClient;
import dev.heddle.rm.ResourceManager;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.util.Records;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command against a resource manager without nodes, of which another one is down. */
class WhyCommandTest {
    private record Result(int status, String out, String err) {}

    private final ResourceManager resourceManager = ResourceManager.start(servers());
    private final Map<String, String> environment;
    private final Path directory;
    private ResourceManagerClient client;

    WhyCommandTest(@TempDir Path directory) {
        this.directory = directory;
        this.environment = Commands.configuredBy(directory);
    }

    @BeforeEach
    void configure() throws IOException {
        InetSocketAddress leader = resourceManager.addresses().client();
        YarnConfiguration configuration = new YarnConfiguration();
        addresses(nobody(), leader.getHostString() + ":" + leader.getPort()).forEach(configuration::set);
        client = new ResourceManagerClient(configuration);
    }

    @AfterEach
    void stop() {
        client.close();
        resourceManager.close();
    }

    private static YarnConfiguration servers() {
        YarnConfiguration configuration = new YarnConfiguration();
        for (String key : new String[] {
            YarnConfiguration.RM_ADDRESS,
            YarnConfiguration.RM_SCHEDULER_ADDRESS,
            YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS,
            YarnConfiguration.RM_ADMIN_ADDRESS,
            YarnConfiguration.RM_WEBAPP_ADDRESS
        }) {
            configuration.set(key, "127.0.0.1:0");
        }
        return configuration;
    }

    /** The settings of a client of two resource managers, written for the command, too. */
    private Map<String, String> addresses(String first, String second) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(YarnConfiguration.RM_HA_ENABLED, "true");
        values.put(YarnConfiguration.RM_HA_IDS, "rm1,rm2");
        values.put(YarnConfiguration.RM_ADDRESS + ".rm1", first);
        values.put(YarnConfiguration.RM_ADDRESS + ".rm2", second);
        values.put("heddle.yarn.submit.connectTimeout", "200ms");
        Commands.configuration(directory, values);
        return values;
    }

    private static String nobody() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + socket.getLocalPort();
        }
    }

    private ApplicationId submitted() throws IOException, YarnException {
        ApplicationSubmissionContext context = Records.newRecord(ApplicationSubmissionContext.class);
        context.setApplicationId(client.newApplication().getApplicationId());
        context.setApplicationName("weaving");
        ContainerLaunchContext launch = Records.newRecord(ContainerLaunchContext.class);
        launch.setCommands(List.of("true"));
        context.setAMContainerSpec(launch);
        context.setResource(Resource.newInstance(1_024, 1));
        client.submit(context);
        return context.getApplicationId();
    }

    private Result why(String id) {
        CommandLine commandLine = Heddle.commandLine();
        CommandLine application =
                Objects.requireNonNull(commandLine.getSubcommands().get("app"));
        application.getCommandSpec().removeSubcommand("why");
        application.addSubcommand("why", new WhyCommand(environment));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        commandLine.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return new Result(commandLine.execute("app", "why", id), out.toString(), err.toString());
    }

    private static void assertRefused(Result result, int status, String... words) {
        assertThat(result.status()).as(result.err()).isEqualTo(status);
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.err()).startsWith("heddle: ").contains(words);
    }

    @Test
    void shouldTellWhatAnApplicationWaitsFor() throws Exception {
        ApplicationId id = submitted();
        Result result = why(id.toString());
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines().toList()).hasSize(4).satisfies(lines -> {
            assertThat(lines.get(0)).startsWith("application  " + id + " (weaving, of ");
            assertThat(lines.get(1)).isEqualTo("state        ACCEPTED");
            assertThat(lines.get(2)).isEqualTo("queue        root.default");
            assertThat(lines.get(3))
                    .startsWith("reason       Waits to begin since ")
                    .contains("no node");
        });
    }

    @Test
    void shouldTellHowAnApplicationHasEnded() throws Exception {
        ApplicationId id = submitted();
        while (!client.kill(id)) {
            Thread.onSpinWait();
        }
        Result result = why(id.toString());
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out())
                .contains("state        KILLED, ended as KILLED at ")
                .contains("reason       Application " + id + " was killed by user ");
    }

    @Test
    void shouldNameTheApplicationThatIsUnknown() {
        assertRefused(why("application_1_0001"), 1, "does not know application_1_0001", "-appStates ALL");
    }

    @Test
    void shouldRefuseWhatIsNoId() {
        for (String wrong : new String[] {"", "weaving", "job_1_0001", "application_1", "application_x_1"}) {
            assertRefused(why(wrong), 2, "'" + wrong + "' is no application's id", "heddle app why --help");
        }
    }

    @Test
    void shouldNameTheResourceManagersThatDoNotAnswer() throws IOException {
        String first = nobody();
        String second = nobody();
        addresses(first, second);
        assertRefused(why("application_1_0001"), 1, "no resource manager answers at", first, second);
    }

    @Test
    void shouldAskForTheQuestion() {
        StringWriter err = new StringWriter();
        CommandLine commandLine = Heddle.commandLine().setErr(new PrintWriter(err, true));
        assertThat(commandLine.execute("app")).isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(1);
        assertThat(err.toString()).contains("heddle app --help");
    }
}
