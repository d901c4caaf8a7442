package dev.heddle.common.rpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A peer's words cannot pass for the log's. */
class RefusalLogTest {
    @Test
    void shouldKeepAPeersWordsToOneLine() {
        assertThat(RefusalLog.printable("no\r\nERROR of \u001b[1mmine\u2028")).isEqualTo("no??ERROR of ?[1mmine?");
        assertThat(RefusalLog.printable("J\u00f6rg may not")).isEqualTo("J\u00f6rg may not");
    }

    @Test
    void shouldCutShortWhatAPeerSaysAtLength() {
        assertThat(RefusalLog.printable("x".repeat(1_000_000)))
                .hasSizeLessThan(500)
                .endsWith("...");
    }
}
