package dev.heddle.nm.localization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class NamePatternTest {
    @Test
    void shouldMatchWholeNames() throws IOException {
        NamePattern pattern = new NamePattern("(?:classes/|lib/).*");
        assertThat(pattern.matches("lib/a.jar")).isTrue();
        assertThat(pattern.matches("my/lib/a.jar")).isFalse();
        assertThat(new NamePattern("").matches("anything")).isTrue();
    }

    @Test
    void shouldSayThatAPatternIsNone() {
        assertThatThrownBy(() -> new NamePattern("(")).hasMessageContaining("its pattern is no regular expression");
    }

    @Test
    void shouldGiveUpOnPatternsThatNeverEnd() throws IOException {
        NamePattern endless = new NamePattern("a*a*a*a*a*a*a*b");
        assertThatThrownBy(() -> endless.matches("a".repeat(60) + "c"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("takes too long");
        NamePattern deep = new NamePattern("(a|b)*");
        assertThatThrownBy(() -> deep.matches("ab".repeat(200_000)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("takes too long");
        assertThat(endless.matches("aaab")).as("each name has steps of its own").isTrue();
    }
}
