package dev.heddle.nm.container;

import static dev.heddle.nm.container.ApplicationState.FINISHED;
import static dev.heddle.nm.container.ApplicationState.FINISHING;
import static dev.heddle.nm.container.ApplicationState.LIFECYCLE;
import static dev.heddle.nm.container.ApplicationState.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ApplicationStateTest {
    @Test
    void shouldAllowExactlyTheTransitionsOfTheTable() {
        Set<List<ApplicationState>> allowed = Set.of(List.of(RUNNING, FINISHING), List.of(FINISHING, FINISHED));
        for (ApplicationState from : ApplicationState.values()) {
            for (ApplicationState to : ApplicationState.values()) {
                assertThat(LIFECYCLE.allows(from, to))
                        .as("%s to %s", from, to)
                        .isEqualTo(allowed.contains(List.of(from, to)));
            }
        }
    }
}
