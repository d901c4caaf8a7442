package dev.heddle.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.common.UserException;
import dev.heddle.common.config.ConfigurationReview.Area;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationReviewTest {
    private static final List<Setting<?>> DECLARED = List.of(
            Setting.text("heddle.rpc.colour", "", "A colour."),
            Setting.text("heddle.rpc.shape", "", "A shape."),
            Setting.text("yarn.resourcemanager.address", "", "An address.").ofEachResourceManager(),
            Setting.text("yarn.resourcemanager.bind-host", "", "A host."));
    private static final List<Area> AREAS = List.of(
            new Area("yarn.scheduler.capacity.", "there are no queues"),
            new Area("yarn.scheduler.", "nobody reads it"),
            new Area("yarn.resourcemanager.", "nobody reads it"));

    private final Path directory;

    ConfigurationReviewTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private Configuration configuration(Map<String, String> values) throws IOException {
        String properties = values.entrySet().stream()
                .map(entry -> "<property><name>" + entry.getKey() + "</name><value>" + entry.getValue()
                        + "</value></property>")
                .collect(Collectors.joining());
        return load(Files.writeString(
                directory.resolve("yarn-site.xml"), "<configuration>" + properties + "</configuration>"));
    }

    private static Configuration load(Path file) {
        Configuration configuration = new YarnConfiguration();
        configuration.addResource(new org.apache.hadoop.fs.Path(file.toUri()));
        return configuration;
    }

    private static List<String> ignored(Configuration configuration) {
        return new ConfigurationReview(DECLARED, configuration).ignored(AREAS);
    }

    @Test
    void shouldNameTheKeyThatIsNearestToAnUnknownOne() throws IOException {
        ConfigurationReview review =
                new ConfigurationReview(DECLARED, configuration(Map.of("heddle.rpc.color", "red")));
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(review::refuseUnknown)
                .withMessageContaining(
                        "there is no setting heddle.rpc.color (yarn-site.xml); the nearest is heddle.rpc.colour")
                .withMessageNotContaining("shape");
    }

    @Test
    void shouldAcceptWhatIsDeclared() throws IOException {
        Configuration configuration = configuration(Map.of(
                "heddle.rpc.colour", "red",
                "yarn.resourcemanager.address", "a:1",
                "yarn.resourcemanager.bind-host", "b",
                "other.prefix", "c"));
        new ConfigurationReview(DECLARED, configuration).refuseUnknown();
        assertThat(ignored(configuration)).isEmpty();
    }

    @Test
    void shouldNameEachKeyThatIsSetAndNotRead() throws IOException {
        assertThat(ignored(configuration(Map.of(
                        "yarn.scheduler.capacity.root.queues", "a,b",
                        "yarn.scheduler.colour", "red",
                        "yarn.resourcemanager.bind-hots", "b"))))
                .containsExactly(
                        "yarn.resourcemanager.bind-hots is set (yarn-site.xml) and has no effect: nobody reads it"
                                + " (yarn.resourcemanager.bind-host is read)",
                        "yarn.scheduler.capacity.root.queues is set (yarn-site.xml) and has no effect: there are no"
                                + " queues",
                        "yarn.scheduler.colour is set (yarn-site.xml) and has no effect: nobody reads it");
    }

    @Test
    void shouldLeaveKeysToThoseWhoReviewThemThemselves() throws IOException {
        Configuration configuration = configuration(Map.of(
                "yarn.scheduler.capacity.root.queues", "a,b",
                "yarn.scheduler.colour", "red",
                "heddle.scheduler.root.a.node-order", "pack",
                "heddle.scheduler.colour", "red"));
        ConfigurationReview review = new ConfigurationReview(
                DECLARED,
                new ConfigurationReview.Others(
                        Set.of("yarn.scheduler.colour"),
                        List.of("yarn.scheduler.capacity.root.", "heddle.scheduler.root.")),
                configuration);
        assertThat(review.ignored(AREAS)).isEmpty();
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(review::refuseUnknown)
                .withMessageContaining("heddle.scheduler.colour")
                .withMessageNotContaining("node-order");
    }

    @Test
    void shouldTakeAKeyOfOneResourceManagerForReadIfThereIsSuchAnOne() throws IOException {
        Map<String, String> values = Map.of(
                "yarn.resourcemanager.ha.rm-ids", "rm1, rm2",
                "yarn.resourcemanager.address.rm2", "a:1",
                "yarn.resourcemanager.address.rm3", "a:1",
                "yarn.resourcemanager.bind-host.rm1", "a");
        assertThat(ignored(configuration(values)))
                .extracting(line -> line.substring(0, line.indexOf(' ')))
                .containsExactly(
                        "yarn.resourcemanager.address.rm3",
                        "yarn.resourcemanager.bind-host.rm1",
                        "yarn.resourcemanager.ha.rm-ids");
    }

    @Test
    void shouldNotMindDefaultsThatHadoopHasWrittenIntoAFile() throws IOException {
        Path written = directory.resolve("written.xml");
        try (OutputStream out = Files.newOutputStream(written)) {
            configuration(Map.of("yarn.resourcemanager.colour", "red")).writeXml(out);
        }
        assertThat(ignored(load(written)))
                .containsExactly("yarn.resourcemanager.colour is set (written.xml) and has no effect: nobody reads it");
    }

    @Test
    void shouldCountTheChangesBetweenNames() {
        assertThat(NearestName.distance("", "")).isZero();
        assertThat(NearestName.distance("", "abc")).isEqualTo(3);
        assertThat(NearestName.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(NearestName.distance("sitting", "kitten")).isEqualTo(3);
        assertThat(NearestName.distance("flaw", "lawn")).isEqualTo(2);
        assertThat(NearestName.of("colour", List.of())).isEmpty();
        assertThat(NearestName.of("b", List.of("c", "a"))).contains("a");
    }
}
