package dev.heddle.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.common.UserException;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

final class NotationTest {
    @Test
    void shouldReadMemorySizes() {
        assertThat(MemorySize.parseMb("512m")).isEqualTo(512);
        assertThat(MemorySize.parseMb("2g")).isEqualTo(2048);
        assertThat(MemorySize.parseMb("1T")).isEqualTo(1 << 20);
        assertThat(MemorySize.parseMb("1025k")).isEqualTo(2);
        assertThat(MemorySize.parseMb(" 300 ")).isEqualTo(300);
        assertThat(MemorySize.parseMb("1gb")).isEqualTo(1024);
    }

    @Test
    void shouldRefuseWhatIsNoMemorySize() {
        for (String text : new String[] {"", "m", "-1g", "1.5g", "1x", "999999999999t"}) {
            assertThatThrownBy(() -> MemorySize.parseMb(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldReadSpansOfTime() {
        assertThat(TimeSpan.parseMs("500ms")).isEqualTo(500);
        assertThat(TimeSpan.parseMs("60s")).isEqualTo(60_000);
        assertThat(TimeSpan.parseMs("5m")).isEqualTo(300_000);
        assertThat(TimeSpan.parseMs("5min")).isEqualTo(300_000);
        assertThat(TimeSpan.parseMs("1h")).isEqualTo(3_600_000);
        assertThat(TimeSpan.parseMs("7")).isEqualTo(7_000);
        assertThatThrownBy(() -> TimeSpan.parseMs("soon")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldNameTheSettingThatCannotBeRead() {
        Configuration conf = new Configuration(false);
        conf.set("heddle.executor.memory", "lots");

        assertThatThrownBy(() -> ApplicationSettings.EXECUTOR_MEMORY.get(conf))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("heddle.executor.memory is 'lots'")
                .hasMessageContaining("such as 512m");
    }

    @Test
    void shouldDeclareEachSettingOnceWithADefaultThatIsValid() {
        Configuration empty = new Configuration(false);

        assertThat(ApplicationSettings.all()).extracting(Object::toString).doesNotHaveDuplicates();
        assertThat(ApplicationSettings.all())
                .allSatisfy(setting -> assertThat((Object) setting.get(empty)).isEqualTo(setting.defaultValue()));
    }
}
