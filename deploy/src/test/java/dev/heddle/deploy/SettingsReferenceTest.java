package dev.heddle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.app.ApplicationSettings;
import dev.heddle.common.config.Setting;
import dev.heddle.common.rpc.transport.RpcSettings;
import dev.heddle.ha.HaSettings;
import dev.heddle.nm.NodeManagerSettings;
import dev.heddle.rm.ResourceManagerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    private static Map<String, List<Setting<?>>> modules() {
        Map<String, List<Setting<?>>> modules = new LinkedHashMap<>();
        modules.put("Remote procedure calls", RpcSettings.all());
        modules.put("High availability and ZooKeeper", HaSettings.all());
        modules.put("Resource manager", ResourceManagerSettings.all());
        modules.put("Node manager", NodeManagerSettings.all());
        modules.put("Applications", ApplicationSettings.all());
        return modules;
    }

    private static String page() {
        StringBuilder page = new StringBuilder(
                """
                # Settings

                The settings that Heddle's modules declare and read from `yarn-site.xml`; those of applications may be given to
                `heddle submit` as well. This page is generated from the code, and a test keeps it true. A value out of its
                range stops the daemon or command with a line that names the key. Read besides, as YARN reads them: the
                addresses of the resource manager's services (`yarn.resourcemanager.address` and its like, with `.RM_ID`
                where there are several) and `yarn.resourcemanager.ha.enabled`, `.ha.rm-ids` and `.ha.id`.
                """);
        modules().forEach((module, settings) -> {
            page.append("\n## ")
                    .append(module)
                    .append("\n\n| key | default | value | what it does |\n|---|---|---|---|\n");
            settings.stream().sorted(Comparator.comparing(Setting::key)).forEach(setting -> page.append(row(setting)));
        });
        return page.toString();
    }

    private static String row(Setting<?> setting) {
        String value = setting.defaultValue().toString();
        String unit = setting.unit().isEmpty() ? "" : ", in " + setting.unit();
        return "| `" + setting.key() + "` | " + (value.isEmpty() ? "" : "`" + value + "`") + " | "
                + cell(setting.range() + unit) + " | " + cell(setting.description()) + " |\n";
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
        modules().values().stream().flatMap(List::stream).forEach(setting -> {
            assertThat(keys.add(setting.key()))
                    .as("declared twice: " + setting.key())
                    .isTrue();
            assertThat(setting.description()).as(setting.key()).isNotBlank();
        });
    }
}
