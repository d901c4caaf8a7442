package dev.heddle.nm.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.nm.container.ContainerProgress;
import dev.heddle.nm.container.KillReason;
import dev.heddle.nm.container.StartOrder;
import dev.heddle.nm.launch.ContainerPaths;
import dev.heddle.nm.launch.LaunchRequest;
import dev.heddle.nm.localization.CacheKey;
import dev.heddle.nm.localization.CachedCopy;
import dev.heddle.nm.localization.ResourceRequest;
import dev.heddle.nm.localization.ResourceRequest.Kind;
import dev.heddle.nm.localization.ResourceRequest.Visibility;
import dev.heddle.nm.recovery.NodeRecordForms.Accepted;
import dev.heddle.nm.retry.RetryBudget.Spent;
import dev.heddle.nm.retry.RetryPolicy;
import dev.heddle.nm.retry.RetryPolicy.Failures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.yarn.api.records.ApplicationAccessType;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;
import org.junit.jupiter.api.Test;

/** What is written is what is read. Nothing in these records has the value that it has where nobody sets it. */
class NodeRecordFormsTest {
    private static final ContainerId CONTAINER = ContainerId.newContainerId(
            ApplicationAttemptId.newInstance(ApplicationId.newInstance(5, 6), 7), 8L << 40 | 9);

    private static StartOrder order() {
        ContainerTokenIdentifier token = new ContainerTokenIdentifier(
                CONTAINER,
                "node.example.com:1234",
                "alice",
                Resource.newInstance(128, 2),
                10,
                11,
                12,
                Priority.newInstance(13),
                14);
        Credentials credentials = new Credentials();
        credentials.addSecretKey(new Text("secret"), new byte[] {1, 2, 3});
        return new StartOrder(
                token,
                new LaunchRequest(
                        CONTAINER,
                        "alice",
                        List.of("a", "b\\n"),
                        Map.of("NAME", "välue " + "x".repeat(70_000)),
                        credentials,
                        Map.of(ApplicationAccessType.VIEW_APP, "bob")),
                List.of(
                        new ResourceRequest(
                                "link",
                                new org.apache.hadoop.fs.Path("hdfs://name/a b"),
                                Kind.ARCHIVE,
                                15,
                                Visibility.APPLICATION,
                                "pattern"),
                        new ResourceRequest(
                                "other", new org.apache.hadoop.fs.Path("/c"), Kind.FILE, 16, Visibility.PUBLIC, "")),
                new RetryPolicy(Failures.SOME, Set.of(17, 18), 19, 20, 21),
                Map.of("shuffle", ByteBuffer.wrap(new byte[] {4, 5})));
    }

    @Test
    void shouldKeepEverythingOfAnOrder() throws IOException {
        Accepted accepted = new Accepted(
                order(),
                new ContainerPaths(
                        Path.of("/work"),
                        Path.of("/private"),
                        Path.of("/log"),
                        List.of(Path.of("/a"), Path.of("/b")),
                        List.of(Path.of("/c")),
                        List.of(Path.of("/d"))));
        Accepted read = NodeRecordForms.accepted(NodeRecordForms.accepted(accepted));

        assertThat(read.paths()).isEqualTo(accepted.paths());
        assertThat(read.order().token()).isEqualTo(accepted.order().token());
        assertThat(read.order())
                .usingRecursiveComparison()
                .ignoringFields("token", "launch.credentials", "launch.container")
                .isEqualTo(accepted.order());
        assertThat(read.order().launch().container()).isEqualTo(CONTAINER);
        assertThat(read.order().launch().credentials().getSecretKey(new Text("secret")))
                .containsExactly(1, 2, 3);
    }

    @Test
    void shouldKeepHowFarAContainerHasCome() throws IOException {
        ContainerProgress progress = new ContainerProgress(
                2,
                KillReason.RESOURCE_MANAGER,
                true,
                -106,
                "said",
                new Spent(3, List.of(Instant.ofEpochMilli(4), Instant.ofEpochMilli(5))));

        assertThat(NodeRecordForms.progress(NodeRecordForms.progress(progress))).isEqualTo(progress);
        assertThat(NodeRecordForms.progress(NodeRecordForms.progress(ContainerProgress.ACCEPTED)))
                .isEqualTo(ContainerProgress.ACCEPTED);
    }

    @Test
    void shouldKeepEverythingOfACopy() throws IOException {
        CachedCopy copy = new CachedCopy(
                new CacheKey(
                        Visibility.APPLICATION,
                        "alice",
                        "application_5_0006",
                        new org.apache.hadoop.fs.Path("hdfs://name/a b"),
                        Kind.ARCHIVE,
                        15,
                        "pattern"),
                Path.of("/d/10"),
                Path.of("/d/10/x"),
                11);

        assertThat(NodeRecordForms.copy(NodeRecordForms.copy(copy))).isEqualTo(copy);
    }

    @Test
    void shouldRefuseAnotherFormAndWhatIsCutOff() {
        byte[] record = NodeRecordForms.progress(ContainerProgress.ACCEPTED);
        byte[] other = record.clone();
        other[0]++;
        assertThatThrownBy(() -> NodeRecordForms.progress(other))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has form");
        byte[] cut = Arrays.copyOf(record, record.length / 2);
        assertThatThrownBy(() -> NodeRecordForms.progress(cut)).isInstanceOf(IOException.class);
    }
}
