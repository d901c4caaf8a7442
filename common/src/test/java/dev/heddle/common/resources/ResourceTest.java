package dev.heddle.common.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ResourceTest {
    private static final ResourceKind GPU = ResourceKind.pieces("yarn.io/gpu");
    private static final ResourceKind DISK = new ResourceKind("disk", "Gi");

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

    @Test
    void shouldCostNothingWhereThereAreNoFurtherKinds() {
        Resource plain = new Resource(512, 1);
        assertThat(plain.further()).isSameAs(FurtherKinds.NONE);
        assertThat(plain.plus(plain).further()).isSameAs(FurtherKinds.NONE);
        assertThat(plain.and(GPU, 0)).isEqualTo(plain);
        assertThat(plain.and(GPU, 2).minus(Resource.NONE.and(GPU, 2)).further()).isSameAs(FurtherKinds.NONE);
    }

    @Test
    void shouldHandleEveryKind() {
        Resource one = new Resource(512, 1).and(GPU, 2);
        Resource other = new Resource(256, 1).and(GPU, 1).and(DISK, 10);
        assertThat(one.plus(other)).isEqualTo(new Resource(768, 2).and(DISK, 10).and(GPU, 3));
        assertThat(one.min(other)).isEqualTo(new Resource(256, 1).and(GPU, 1));
        assertThat(one.max(other)).isEqualTo(new Resource(512, 1).and(GPU, 2).and(DISK, 10));
        assertThat(one.minusOrZero(other)).isEqualTo(new Resource(256, 0).and(GPU, 1));
        assertThat(one.plus(other).minus(other)).isEqualTo(one).hasSameHashCodeAs(one);
        assertThat(one.fitsIn(one.plus(other))).isTrue();
        assertThat(other.fitsIn(one)).isFalse();
        assertThat(one.amount(GPU)).isEqualTo(2);
        assertThat(one.amount(DISK)).isZero();
        assertThat(one.and(GPU, 5).amount(GPU)).isEqualTo(5);
        assertThat(one.map((kind, amount) -> 2 * amount)).isEqualTo(one.plus(one));
        assertThatIllegalArgumentException().isThrownBy(() -> one.minus(other));
    }

    @Test
    void shouldTellKindsApartInOrder() {
        Resource plain = new Resource(512, 1);
        assertThat(plain.compareTo(plain.and(GPU, 1))).isNegative();
        assertThat(plain.and(GPU, 2).compareTo(plain.and(GPU, 1))).isPositive();
        assertThat(plain.and(GPU, 1).compareTo(plain.and(DISK, 1))).isNotZero();
        assertThat(plain.and(GPU, 1).and(DISK, 1))
                .isEqualByComparingTo(plain.and(DISK, 1).and(GPU, 1));
    }

    @Test
    void shouldNameTheUnitOfAKind() {
        assertThat(new Resource(512, 1).and(GPU, 2).and(DISK, 200))
                .hasToString("512 MB, 1 vcore, 200 Gi disk, 2 yarn.io/gpu");
        assertThat(ResourceKind.MEMORY.print(5)).isEqualTo("5 MB");
        assertThat(ResourceKind.VCORES.print(1)).isEqualTo("1 vcore");
    }
}
