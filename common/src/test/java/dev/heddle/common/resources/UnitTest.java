package dev.heddle.common.resources;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnitTest {
    @Test
    void shouldConvertBetweenThousandsAndPowersOfTwo() {
        assertThat(Unit.GIBI.convert(3, Unit.MEBI)).isEqualTo(3 * 1024);
        assertThat(Unit.MEGA.convert(3, Unit.MEBI)).isEqualTo(2);
        assertThat(Unit.MEBI.convert(1, Unit.ONE)).isEqualTo(1 << 20);
        assertThat(Unit.ONE.convert(2, Unit.MILLI)).isEqualTo(2000);
        assertThat(Unit.ONE.convert(1500, Unit.KILO)).isEqualTo(1);
        assertThat(Unit.PICO.convert(1, Unit.PETA)).isZero();
    }

    @Test
    void shouldGiveAsMuchAsALongHoldsWhereItIsMore() {
        assertThat(Unit.PEBI.convert(Long.MAX_VALUE / 2, Unit.ONE)).isEqualTo(Long.MAX_VALUE);
        assertThat(Unit.PETA.convert(Long.MIN_VALUE / 2, Unit.PICO)).isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void shouldBeFoundByWhatIsWritten() {
        assertThat(Unit.of("")).isEqualTo(Unit.ONE);
        assertThat(Unit.of("Gi")).isEqualTo(Unit.GIBI);
        assertThat(Unit.of("gi")).isNull();
        assertThat(Unit.known()).contains("Gi").doesNotContain(", ,");
    }

    @Test
    void shouldComeBackUnchangedFromASmallerUnit() {
        for (long amount : new long[] {0, 1, 7, 1023, 1 << 20}) {
            assertThat(Unit.ONE.convert(Unit.GIBI.convert(amount, Unit.ONE), Unit.GIBI))
                    .isEqualTo(amount);
            assertThat(Unit.KIBI.convert(Unit.MEBI.convert(amount, Unit.KIBI), Unit.MEBI))
                    .isEqualTo(amount);
            assertThat(Unit.MILLI.convert(Unit.MEGA.convert(amount, Unit.MILLI), Unit.MEGA))
                    .isEqualTo(amount);
        }
    }
}
