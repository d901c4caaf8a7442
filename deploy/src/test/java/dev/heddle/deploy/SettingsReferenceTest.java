package dev.heddle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.config.ResourceTypes;
import dev.heddle.common.config.Setting;
import dev.heddle.nm.NodeManagerSettings;
import dev.heddle.rm.scheduler.queue.config.ClusterKey;
import dev.heddle.rm.scheduler.queue.config.QueueKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Keeps {@code docs/settings.md} in step with the settings that the modules declare. To write the page anew:
 * {@code ./mvnw -pl deploy -am test -Dtest=SettingsReferenceTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dheddle.docs.write=true}.
 */
class SettingsReferenceTest {
    private static final Path PAGE = Path.of("..", "docs", "settings.md");

    private static String page() {
        StringBuilder page = new StringBuilder(
                """
                # Settings

                The settings that Heddle's modules declare and read from `yarn-site.xml`; those of applications may be given to
                `heddle submit` as well. This page is generated from the code, and a test keeps it true. A value out of its
                range stops the daemon or command with a line that names the key, and so does a key that begins with
                `heddle.` and is not listed here. Of a key that begins with `yarn.resourcemanager.` or `yarn.scheduler.`
                (`yarn.nodemanager.`) and is not listed here the resource manager (node manager) says at its start that it
                has no effect. A key with `[.RM_ID]` may be given to each of several resource managers.
                """);
        HeddleSettings.modules().forEach((module, settings) -> {
            page.append("\n## ")
                    .append(module)
                    .append("\n\n| key | default | value | what it does |\n|---|---|---|---|\n");
            settings.stream().sorted(Comparator.comparing(Setting::key)).forEach(setting -> page.append(row(setting)));
        });
        page.append(kinds());
        page.append(queues());
        return page.toString();
    }

    private static String kinds() {
        StringBuilder page = new StringBuilder(
                """

                ## Kinds of resources

                Read from `resource-types.xml` by the resource manager and by node managers; a node manager reads how much it
                has of the kind `NAME` from `%sNAME` in `node-resources.xml`, such as `4` or `200Gi`.

                | key | what it says |
                |---|---|
                """
                        .formatted(NodeManagerSettings.RESOURCE_KINDS));
        ResourceTypes.described().forEach((key, what) -> page.append("| `" + key + "` | " + cell(what) + " |\n"));
        return page.toString();
    }

    private static String queues() {
        StringBuilder page = new StringBuilder(
                """

                ## Queues

                Read from `capacity-scheduler.xml`, or from the files above, with YARN's meanings; see
                [the page of the resource manager](resource-manager.md#queues) for what is checked. For all queues:

                | key | default | what it does |
                |---|---|---|
                """);
        for (ClusterKey key : ClusterKey.values()) {
            page.append(row(key.key(), key.unset(), key.description()));
        }
        page.append(
                """

                For the queue at `PATH`, which is `root` or begins with `root.`:

                | key | default | what it does |
                |---|---|---|
                """);
        for (QueueKey key : QueueKey.values()) {
            page.append(row(key.pattern(), key.unset(), key.description()));
        }
        return page.toString();
    }

    private static String row(String key, String unset, String description) {
        return "| `" + key + "` | " + unset + " | " + cell(description) + " |\n";
    }

    private static String row(Setting<?> setting) {
        String value = setting.defaultValue().toString();
        String unit = setting.unit().isEmpty() ? "" : ", in " + setting.unit();
        return "| `" + setting.key() + (setting.isOfEachResourceManager() ? "[.RM_ID]" : "") + "` | "
                + (value.isEmpty() ? "" : "`" + value + "`") + " | " + cell(setting.range() + unit) + " | "
                + cell(setting.description()) + " |\n";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }

    @Test
    void shouldBeThePageInDocs() throws IOException {
        if (Boolean.getBoolean("heddle.docs.write")) {
            Files.writeString(PAGE, page());
        }
        assertThat(Files.readString(PAGE))
                .as("docs/settings.md; write it anew with -Dheddle.docs.write=true")
                .isEqualTo(page());
    }

    @Test
    void shouldDeclareEachSettingOnceAndExplainIt() {
        Set<String> keys = new TreeSet<>();
        HeddleSettings.modules().values().stream().flatMap(List::stream).forEach(setting -> {
            assertThat(keys.add(setting.key()))
                    .as("declared twice: " + setting.key())
                    .isTrue();
            assertThat(setting.description()).as(setting.key()).isNotBlank();
        });
    }
}
