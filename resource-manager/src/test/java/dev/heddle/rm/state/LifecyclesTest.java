package dev.heddle.rm.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.common.lifecycle.Lifecycle;
import dev.heddle.rm.model.ApplicationState;
import dev.heddle.rm.model.AttemptState;
import dev.heddle.rm.model.ContainerState;
import dev.heddle.rm.model.NodeState;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LifecyclesTest {
    @Test
    void shouldAllowForApplicationsOnlyWhatIsListed() {
        assertPairs(
                Lifecycles.APPLICATION,
                ApplicationState.values(),
                Set.of(
                        "ACCEPTED>RUNNING",
                        "ACCEPTED>FAILED",
                        "ACCEPTED>KILLED",
                        "RUNNING>ACCEPTED",
                        "RUNNING>FINISHED",
                        "RUNNING>FAILED",
                        "RUNNING>KILLED"));
    }

    @Test
    void shouldAllowForAttemptsOnlyWhatIsListed() {
        assertPairs(
                Lifecycles.ATTEMPT,
                AttemptState.values(),
                Set.of(
                        "SCHEDULED>ALLOCATED",
                        "SCHEDULED>LAUNCHED",
                        "SCHEDULED>FAILED",
                        "SCHEDULED>KILLED",
                        "ALLOCATED>LAUNCHED",
                        "ALLOCATED>RUNNING",
                        "ALLOCATED>FAILED",
                        "ALLOCATED>KILLED",
                        "LAUNCHED>RUNNING",
                        "LAUNCHED>FAILED",
                        "LAUNCHED>KILLED",
                        "RUNNING>FINISHING",
                        "RUNNING>FAILED",
                        "RUNNING>KILLED",
                        "FINISHING>FINISHED"));
    }

    @Test
    void shouldAllowForContainersOnlyWhatIsListed() {
        assertPairs(
                Lifecycles.CONTAINER,
                ContainerState.values(),
                Set.of(
                        "GRANTED>ACQUIRED",
                        "GRANTED>COMPLETED",
                        "ACQUIRED>RUNNING",
                        "ACQUIRED>COMPLETED",
                        "RUNNING>STOPPING",
                        "RUNNING>COMPLETED",
                        "STOPPING>COMPLETED"));
    }

    @Test
    void shouldAllowForNodesOnlyWhatIsListed() {
        assertPairs(
                Lifecycles.NODE,
                NodeState.values(),
                Set.of(
                        "NEW>RUNNING",
                        "NEW>UNHEALTHY",
                        "NEW>DECOMMISSIONED",
                        "RUNNING>UNHEALTHY",
                        "RUNNING>DECOMMISSIONING",
                        "RUNNING>REBOOTED",
                        "RUNNING>DECOMMISSIONED",
                        "RUNNING>LOST",
                        "RUNNING>SHUTDOWN",
                        "UNHEALTHY>RUNNING",
                        "UNHEALTHY>DECOMMISSIONING",
                        "UNHEALTHY>REBOOTED",
                        "UNHEALTHY>DECOMMISSIONED",
                        "UNHEALTHY>LOST",
                        "UNHEALTHY>SHUTDOWN",
                        "DECOMMISSIONING>RUNNING",
                        "DECOMMISSIONING>UNHEALTHY",
                        "DECOMMISSIONING>REBOOTED",
                        "DECOMMISSIONING>DECOMMISSIONED",
                        "DECOMMISSIONING>LOST",
                        "DECOMMISSIONING>SHUTDOWN",
                        "REBOOTED>RUNNING",
                        "REBOOTED>UNHEALTHY",
                        "REBOOTED>DECOMMISSIONED",
                        "REBOOTED>LOST",
                        "REBOOTED>SHUTDOWN",
                        "DECOMMISSIONED>RUNNING",
                        "DECOMMISSIONED>UNHEALTHY",
                        "LOST>RUNNING",
                        "LOST>UNHEALTHY",
                        "SHUTDOWN>RUNNING",
                        "SHUTDOWN>UNHEALTHY"));
    }

    @Test
    void shouldBeDrawnInTheDocumentationAsTheyAre() {
        for (Lifecycle<?> lifecycle : Lifecycles.all()) {
            assertThat(Path.of("..", "docs", "resource-manager.md"))
                    .content()
                    .as("the diagram of the %s", lifecycle)
                    .contains(lifecycle.toMermaid());
        }
    }

    /** Walks every pair: what is listed passes, everything else is refused with both names in the message. */
    private static <S extends Enum<S>> void assertPairs(Lifecycle<S> lifecycle, S[] states, Set<String> allowed) {
        Set<String> found = new TreeSet<>();
        for (S from : states) {
            for (S to : states) {
                if (lifecycle.allows(from, to)) {
                    found.add(from + ">" + to);
                    assertThat(lifecycle.transition(from, to)).isEqualTo(to);
                } else {
                    assertThatThrownBy(() -> lifecycle.transition(from, to))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContainingAll(from.toString(), to.toString());
                }
            }
        }
        assertThat(found).containsExactlyInAnyOrderElementsOf(allowed);
    }
}
