package dev.heddle.nm.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.nm.logs.LogUpload.Order;
import dev.heddle.nm.logs.UploadState.End;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.yarn.api.records.ApplicationAccessType;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.LogAggregationContext;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.logaggregation.ContainerLogsRequest;
import org.apache.hadoop.yarn.logaggregation.filecontroller.LogAggregationFileControllerFactory;
import org.apache.hadoop.yarn.server.api.ContainerType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uploads that end at any point, and lives of the node manager that go on with them. */
class LogUploadTest {
    private static final ApplicationId APPLICATION = ApplicationId.newInstance(5, 1);
    private static final ContainerId CONTAINER =
            ContainerId.newContainerId(ApplicationAttemptId.newInstance(APPLICATION, 1), 1);
    private static final NodeId NODE = NodeId.newInstance("node", 1);
    private static final String USER = "alice";

    /** A power cut, at a place that the test has chosen. */
    private static final class Cut extends Error {
        private static final long serialVersionUID = 1;
    }

    private final List<byte[]> kept = new ArrayList<>();
    private long nowMs = 1_000;
    private boolean cutAfterSave;
    private Path directory;
    private Path logs;
    private Configuration configuration;

    @BeforeEach
    void begin(@TempDir Path directory) throws IOException {
        this.directory = directory;
        logs = Files.createDirectories(
                directory.resolve("logs").resolve(APPLICATION.toString()).resolve(CONTAINER.toString()));
        configuration = new YarnConfiguration();
        configuration.set("fs.defaultFS", "file:///");
        configuration.set(
                YarnConfiguration.NM_REMOTE_APP_LOG_DIR,
                directory.resolve("remote").toUri().toString());
    }

    private static LogOwner owner() {
        Credentials credentials = new Credentials();
        credentials.addSecretKey(new Text("key"), new byte[] {1, 2, 3});
        return new LogOwner(
                APPLICATION,
                USER,
                Map.of(ApplicationAccessType.VIEW_APP, "bob"),
                credentials,
                LogAggregationContext.newInstance(null, null, "log", null));
    }

    /** As in a life of its own, in which nothing is remembered but what was kept. */
    private LogUpload upload(boolean rolling) {
        UploadRecords records = new UploadRecords() {
            @Override
            public void save(ApplicationId application, byte[] record) {
                kept.add(record);
                if (cutAfterSave) {
                    throw new Cut();
                }
            }

            @Override
            public void remove(ApplicationId application) {
                kept.clear();
            }
        };
        InstantSource clock = () -> Instant.ofEpochMilli(nowMs++);
        return new LogUpload(
                owner(),
                new ContainerLogFiles(List.of(directory.resolve("logs"))),
                new RemoteLogs(configuration, owner(), NODE, rolling ? 1 : 0, rolling),
                LogPolicies.find(LogPolicies.ALL, "", configuration).orElseThrow(),
                new LogUpload.Terms(rolling, true),
                records,
                clock);
    }

    private static Order running(UploadState state) {
        return new Order(state, Map.of(CONTAINER, ContainerType.TASK), false);
    }

    private static Order last(UploadState state) {
        return new Order(state.with(CONTAINER, new End(ContainerType.TASK, 0)), Map.of(), true);
    }

    private UploadState remembered() throws IOException {
        return UploadRecord.decode(kept.get(kept.size() - 1)).state();
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(logs.resolve(name), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private String read() throws IOException {
        ContainerLogsRequest request = new ContainerLogsRequest();
        request.setAppId(APPLICATION);
        request.setAppOwner(USER);
        request.setLogTypes(new TreeSet<>());
        request.setBytes(Long.MAX_VALUE);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new LogAggregationFileControllerFactory(configuration)
                .getFileControllerForWrite()
                .readAggregatedLogs(request, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static int count(String text, String part) {
        return text.split(part, -1).length - 1;
    }

    @Test
    void shouldGoOnAfterAnEndBeforeTheUploadHadItsName() throws Exception {
        write("app.log", "one\n");
        UploadState after = upload(true).run(running(UploadState.NOTHING));
        write("app.log", "two\n");
        cutAfterSave = true;
        LogUpload cut = upload(true);
        assertThatThrownBy(() -> cut.run(running(after))).isInstanceOf(Cut.class);
        cutAfterSave = false;
        assertThat(remembered().intent()).isNotNull();
        write("app.log", "three\n");
        upload(true).run(last(remembered()));

        for (String line : List.of("one\n", "two\n", "three\n")) {
            assertThat(count(read(), line)).as(line).isEqualTo(1);
        }
    }

    @Test
    void shouldNotRepeatAnUploadWhoseEndNobodySaw() throws Exception {
        write("app.log", "one\n");
        upload(true).run(running(UploadState.NOTHING));
        UploadState unseen = remembered();
        assertThat(unseen.uploaded()).isEmpty();
        write("app.log", "two\n");
        upload(true).run(last(unseen));

        assertThat(count(read(), "one\n")).isEqualTo(1);
        assertThat(count(read(), "two\n")).isEqualTo(1);
    }

    @Test
    void shouldNotRepeatALastUploadWhoseEndNobodySaw() throws Exception {
        write("out", "only\n");
        upload(false).run(last(UploadState.NOTHING));
        upload(false).run(last(remembered()));

        assertThat(count(read(), "only\n")).isEqualTo(1);
    }

    @Test
    void shouldPutALaterLifesLogsBesideAnEarlierOnes() throws Exception {
        write("out", "first life\n");
        upload(false).run(last(UploadState.NOTHING));
        kept.clear();
        Files.writeString(logs.resolve("out"), "second life\n");
        upload(false).run(last(UploadState.NOTHING));

        assertThat(read()).contains("first life\n", "second life\n");
    }

    @Test
    void shouldKnowAFileThatWasRenamedAndOneThatWasBegunAnew() throws Exception {
        write("app.log", "one\n");
        UploadState state = upload(true).run(running(UploadState.NOTHING));
        Files.move(logs.resolve("app.log"), logs.resolve("app.log.1"));
        write("app.log.1", "two\n");
        write("app.log", "three\n");
        state = upload(true).run(running(state));
        // Cut short, and longer again than it was.
        Files.writeString(logs.resolve("app.log"), "four and more than before\n");
        upload(true).run(last(state));

        for (String line : List.of("one\n", "two\n", "three\n", "four and more")) {
            assertThat(count(read(), line)).as(line + " in " + read()).isEqualTo(1);
        }
    }

    @Test
    void shouldUploadWhatAnEarlierLifeHasLeftOfTheApplication() throws Exception {
        Path earlier = Files.createDirectories(
                logs.resolveSibling(ContainerId.newContainerId(ApplicationAttemptId.newInstance(APPLICATION, 1), 2)
                        .toString()));
        Files.writeString(earlier.resolve("out"), "earlier\n");
        Files.createDirectories(logs.resolveSibling("container_6_0001_01_000001"));
        write("out", "now\n");
        upload(false).run(last(UploadState.NOTHING));

        assertThat(read()).contains("earlier\n", "now\n");
    }

    @Test
    void shouldLeaveNoHalfUploadWhereOneFails() throws Exception {
        write("out", "text\n");
        Path user = Files.createDirectories(directory.resolve("remote"));
        Files.writeString(user.resolve(USER), "in the way");
        LogUpload upload = upload(false);
        assertThatThrownBy(() -> upload.run(last(UploadState.NOTHING))).isInstanceOf(IOException.class);
        Files.delete(user.resolve(USER));
        upload.run(last(UploadState.NOTHING));

        assertThat(count(read(), "text\n")).isEqualTo(1);
        try (Stream<Path> files = Files.walk(user)) {
            assertThat(files.map(Path::toString)).noneMatch(name -> name.endsWith(".tmp"));
        }
    }

    @Test
    void shouldKeepInARecordAllThatAnotherLifeNeeds() throws Exception {
        UploadState state = UploadState.NOTHING.with(CONTAINER, new End(ContainerType.APPLICATION_MASTER, -105));
        UploadRecord read = UploadRecord.decode(new UploadRecord(owner(), state).encode());

        assertThat(read.state()).isEqualTo(state);
        assertThat(read.owner().user()).isEqualTo(USER);
        assertThat(read.owner().acls()).containsEntry(ApplicationAccessType.VIEW_APP, "bob");
        LogAggregationContext context = read.owner().context();
        assertThat(context).isNotNull();
        assertThat(context.getRolledLogsIncludePattern()).isEqualTo("log");
        assertThat(read.owner().credentials().getSecretKey(new Text("key"))).containsExactly(1, 2, 3);
        assertThatThrownBy(() -> UploadRecord.decode(new byte[] {99})).isInstanceOf(IOException.class);
    }
}
