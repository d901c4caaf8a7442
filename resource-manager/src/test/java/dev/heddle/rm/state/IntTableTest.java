package dev.heddle.rm.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class IntTableTest {
    /** As many different numbers as make collisions and removals inside their runs likely. */
    @Property(tries = 300)
    void shouldHoldWhatAMapHolds(@ForAll long seed, @ForAll @IntRange(min = 1, max = 2_000) int numbers) {
        Random random = new Random(seed);
        IntTable table = new IntTable();
        Map<Integer, Byte> expected = new HashMap<>();
        for (int step = 0; step < 600; step++) {
            int number = random.nextInt(numbers) * (random.nextInt(8) == 0 ? 1_000_003 : 1);
            byte mark = (byte) random.nextInt(7);
            if (random.nextInt(3) == 0) {
                assertThat(table.remove(number)).isEqualTo(orAbsent(expected.remove(number)));
            } else {
                assertThat(table.put(number, mark)).isEqualTo(orAbsent(expected.put(number, mark)));
            }
        }
        assertThat(table.size()).isEqualTo(expected.size());
        expected.forEach((number, mark) -> assertThat(table.get(number)).isEqualTo(mark));
        List<Integer> walked = new ArrayList<>();
        table.forEach(walked::add);
        assertThat(walked).containsExactlyInAnyOrderElementsOf(expected.keySet());
    }

    private static byte orAbsent(Byte mark) {
        return mark == null ? IntTable.ABSENT : mark;
    }

    @Test
    void shouldHoldNothingAtFirstAndAfterItIsCleared() {
        IntTable table = new IntTable();
        assertThat(table.has(0)).isFalse();
        assertThat(table.remove(3)).isEqualTo(IntTable.ABSENT);
        table.put(3, (byte) 0);
        table.clear();
        assertThat(table.has(3)).isFalse();
        assertThat(table.size()).isZero();
    }

    @Test
    void shouldRefuseWhatItCouldNotTellFromNothing() {
        IntTable table = new IntTable();
        assertThatIllegalArgumentException().isThrownBy(() -> table.put(-1, (byte) 0));
        assertThatIllegalArgumentException().isThrownBy(() -> table.put(1, IntTable.ABSENT));
    }
}
