package dev.heddle.common.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ResourceTest {
    @Test
    void shouldFitOnlyInEveryDimension() {
        Resource room = new Resource(1024, 2);
        assertThat(new Resource(1024, 2).fitsIn(room)).isTrue();
        assertThat(new Resource(1025, 1).fitsIn(room)).isFalse();
        assertThat(new Resource(1, 3).fitsIn(room)).isFalse();
    }

    @Test
    void shouldAddAndSubtract() {
        Resource two = new Resource(512, 1).plus(new Resource(256, 1));
        assertThat(two).isEqualTo(new Resource(768, 2));
        assertThat(two.minus(new Resource(256, 1))).isEqualTo(new Resource(512, 1));
        assertThat(two.minusOrZero(new Resource(1000, 1))).isEqualTo(new Resource(0, 1));
        assertThat(two.max(new Resource(1, 5))).isEqualTo(new Resource(768, 5));
        assertThatIllegalArgumentException().isThrownBy(() -> two.minus(new Resource(1000, 1)));
    }

    @Test
    void shouldReadWell() {
        assertThat(new Resource(512, 1)).hasToString("512 MB, 1 vcore");
        assertThat(new Resource(1, 2)).hasToString("1 MB, 2 vcores");
    }
}
