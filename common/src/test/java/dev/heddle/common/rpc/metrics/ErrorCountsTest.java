package dev.heddle.common.rpc.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ErrorCountsTest {
    @Test
    void shouldCountByClass() {
        ErrorCounts counts = new ErrorCounts();
        counts.count(new IOException("a"));
        counts.count(new IOException("b"));
        counts.count(new IllegalStateException());
        assertThat(counts.byKind())
                .containsExactly(Map.entry("IOException", 2L), Map.entry("IllegalStateException", 1L));
    }

    @Test
    void shouldCountOnlySoManyKindsByName() {
        ErrorCounts counts = new ErrorCounts();
        for (int kind = 0; kind < 2 * ErrorCounts.KINDS; kind++) {
            counts.count("Kind" + kind);
        }
        counts.count("Kind0");
        assertThat(counts.byKind())
                .hasSize(ErrorCounts.KINDS + 1)
                .containsEntry("Kind0", 2L)
                .containsEntry(ErrorCounts.OTHERS, (long) ErrorCounts.KINDS);
    }
}
