package dev.heddle.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.common.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingTest {
    private final Configuration configuration = new Configuration(false);

    @Test
    void shouldReadTheDefaultAndTheValue() {
        Setting<Integer> setting = Setting.integer("some.key", 3, 1, 9, "things", "Some things.");
        assertThat(setting.get(configuration)).isEqualTo(3);
        configuration.set("some.key", " 7 ");
        assertThat(setting.get(configuration)).isEqualTo(7);
    }

    @Test
    void shouldNameKeyValueAndRangeOfWhatItCannotUse() {
        Setting<Integer> setting = Setting.integer("some.key", 3, 1, 9, "things", "Some things.");
        for (String wrong : new String[] {"x", "0", "10", "1.5"}) {
            configuration.set("some.key", wrong);
            assertThatExceptionOfType(UserException.class)
                    .isThrownBy(() -> setting.get(configuration))
                    .withMessageContainingAll("some.key", "'" + wrong + "'", "whole number from 1 to 9", "default: 3");
        }
    }

    @Test
    void shouldTakeNothingButTrueAndFalseForASwitch() {
        Setting<Boolean> setting = Setting.bool("some.switch", true, "A switch.");
        configuration.set("some.switch", "FALSE");
        assertThat(setting.get(configuration)).isFalse();
        configuration.set("some.switch", "yes");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> setting.get(configuration))
                .withMessageContaining("true or false");
    }

    @Test
    void shouldTakeASpaceForNobodyInAListOfUsers() {
        Setting<String> setting = Setting.accessList("some.acl", "*", "Who may.");
        assertThat(setting.get(configuration)).isEqualTo("*");
        configuration.set("some.acl", " ");
        assertThat(setting.get(configuration)).isEqualTo(" ");
        configuration.set("some.acl", " wheel");
        assertThat(setting.get(configuration)).as("groups alone").isEqualTo(" wheel");
        configuration.set("some.acl", "");
        assertThat(setting.get(configuration)).isEmpty();
    }

    @Test
    void shouldSayWhichDirectoryLacksTheFile(@TempDir Path directory) throws Exception {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> ConfigurationFiles.load(Map.of()))
                .withMessageContaining("set HADOOP_CONF_DIR");
        Map<String, String> environment = Map.of("HADOOP_CONF_DIR", directory.toString());
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> ConfigurationFiles.load(environment))
                .withMessageContainingAll("yarn-site.xml", directory.toString());
        Files.writeString(directory.resolve("yarn-site.xml"), "<configuration><property>");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> ConfigurationFiles.load(environment))
                .withMessageContaining(directory.toString());
        Files.writeString(
                directory.resolve("yarn-site.xml"),
                "<configuration><property><name>a.key</name><value>v</value></property></configuration>");
        assertThat(ConfigurationFiles.load(environment).get("a.key")).isEqualTo("v");
    }

    @Test
    void shouldKnowWhereLogsGoThoughNoScriptOfYarnsHasSaid(@TempDir Path directory) throws Exception {
        Files.writeString(
                directory.resolve("yarn-site.xml"),
                "<configuration><property><name>hadoop.tmp.dir</name><value>/t</value></property></configuration>");
        String variable = "YARN_CONF_DIR";
        assertThat(ConfigurationFiles.load(Map.of(variable, directory.toString()))
                        .get("yarn.nodemanager.log-dirs"))
                .isEqualTo("/t/logs/userlogs");
        assertThat(ConfigurationFiles.load(Map.of(variable, directory.toString(), "HADOOP_LOG_DIR", "/l"))
                        .get("yarn.nodemanager.log-dirs"))
                .isEqualTo("/l/userlogs");
    }

    @Test
    void shouldPreferTheDirectoryOfYarn() {
        assertThat(ConfigurationFiles.directory(Map.of("HADOOP_CONF_DIR", "/h", "YARN_CONF_DIR", "/y")))
                .isEqualTo(Path.of("/y"));
        assertThat(ConfigurationFiles.directory(Map.of("HADOOP_CONF_DIR", " "))).isNull();
    }
}
