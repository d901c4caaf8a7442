package dev.heddle.nm.container;

import static dev.heddle.nm.container.ContainerState.DONE;
import static dev.heddle.nm.container.ContainerState.ENDING;
import static dev.heddle.nm.container.ContainerState.KILLING;
import static dev.heddle.nm.container.ContainerState.LAUNCHING;
import static dev.heddle.nm.container.ContainerState.LIFECYCLE;
import static dev.heddle.nm.container.ContainerState.LOCALIZING;
import static dev.heddle.nm.container.ContainerState.REINITIALIZING;
import static dev.heddle.nm.container.ContainerState.RELAUNCHING;
import static dev.heddle.nm.container.ContainerState.REPLACING;
import static dev.heddle.nm.container.ContainerState.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ContainerStateTest {
    private static final Map<ContainerState, Set<ContainerState>> ALLOWED = Map.of(
            LOCALIZING, Set.of(LAUNCHING, ENDING),
            LAUNCHING, Set.of(RUNNING, KILLING, ENDING),
            RUNNING, Set.of(REINITIALIZING, REPLACING, RELAUNCHING, KILLING, ENDING),
            REINITIALIZING, Set.of(RUNNING, REPLACING, KILLING, ENDING),
            REPLACING, Set.of(LAUNCHING, ENDING),
            RELAUNCHING, Set.of(LAUNCHING, ENDING),
            KILLING, Set.of(ENDING),
            ENDING, Set.of(DONE),
            DONE, Set.of());

    @Test
    void shouldAllowExactlyTheTransitionsOfTheTable() {
        for (ContainerState from : ContainerState.values()) {
            for (ContainerState to : ContainerState.values()) {
                boolean allowed = ALLOWED.getOrDefault(from, Set.of()).contains(to);
                assertThat(LIFECYCLE.allows(from, to)).as("%s to %s", from, to).isEqualTo(allowed);
                if (!allowed) {
                    assertThatThrownBy(() -> LIFECYCLE.transition(from, to)).isInstanceOf(IllegalStateException.class);
                }
            }
        }
    }

    @Test
    void shouldLeadFromEveryStateToTheFinalOne() {
        for (ContainerState state : ContainerState.values()) {
            ContainerState at = state;
            while (!LIFECYCLE.isFinal(at)) {
                ContainerState from = at;
                at = LIFECYCLE.allows(from, ENDING) ? ENDING : DONE;
                assertThat(LIFECYCLE.allows(from, at)).as("%s to %s", from, at).isTrue();
            }
            assertThat(at).isEqualTo(DONE);
        }
    }

    @Test
    void shouldBeDrawnInTheDocumentationAsItIs() throws IOException {
        assertThat(Path.of("..", "docs", "node-manager.md")).content().contains(LIFECYCLE.toMermaid());
    }
}
