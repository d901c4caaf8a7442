package dev.heddle.app.master;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ExecutorStateTest {
    private static final Map<ExecutorState, Set<ExecutorState>> ALLOWED = Map.of(
            ExecutorState.STARTING, Set.of(ExecutorState.RUNNING, ExecutorState.STOPPING, ExecutorState.ENDED),
            ExecutorState.RUNNING, Set.of(ExecutorState.LOST, ExecutorState.STOPPING, ExecutorState.ENDED),
            ExecutorState.LOST, Set.of(ExecutorState.STOPPING, ExecutorState.ENDED),
            ExecutorState.STOPPING, Set.of(ExecutorState.ENDED),
            ExecutorState.ENDED, Set.of());

    @Test
    void shouldBeDrawnInTheDocumentation() {
        assertThat(Path.of("..", "docs", "app-master.md")).content().contains(ExecutorState.LIFECYCLE.toMermaid());
    }

    @Test
    void shouldAllowTheseTransitionsAndNoOther() {
        for (ExecutorState from : ExecutorState.values()) {
            for (ExecutorState to : ExecutorState.values()) {
                assertThat(ExecutorState.LIFECYCLE.allows(from, to))
                        .as("%s -> %s", from, to)
                        .isEqualTo(ALLOWED.getOrDefault(from, Set.of()).contains(to));
            }
        }
    }
}
