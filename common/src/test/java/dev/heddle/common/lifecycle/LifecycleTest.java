package dev.heddle.common.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.EnumSet;
import org.junit.jupiter.api.Test;

class LifecycleTest {
    private enum Door {
        OPEN,
        SHUT,
        GONE
    }

    private static final Lifecycle<Door> DOOR = Lifecycle.of("door", Door.class, Door.OPEN)
            .allow(Door.OPEN, EnumSet.of(Door.SHUT))
            .allow(Door.SHUT, EnumSet.of(Door.OPEN, Door.GONE))
            .build();

    @Test
    void shouldAllowWhatIsListedAndRefuseTheRest() {
        assertThat(DOOR.transition(Door.OPEN, Door.SHUT)).isEqualTo(Door.SHUT);
        assertThat(DOOR.isFinal(Door.GONE)).isTrue();
        assertThat(DOOR.isFinal(Door.SHUT)).isFalse();
        assertThatIllegalStateException()
                .isThrownBy(() -> DOOR.transition(Door.OPEN, Door.GONE))
                .withMessage("door cannot go from OPEN to GONE");
    }

    @Test
    void shouldDrawItself() {
        assertThat(DOOR.toMermaid())
                .isEqualTo(
                        """
                        stateDiagram-v2
                            [*] --> OPEN
                            OPEN --> SHUT
                            SHUT --> OPEN
                            SHUT --> GONE
                            GONE --> [*]
                        """);
    }
}
