package dev.heddle.nm.directories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.nm.directories.Disk.Condition;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DiskChoiceTest {
    private static final int DRAWS = 10_000;

    private static Disk disk(String name, Condition condition, long freeBytes) {
        return new Disk(Path.of(name), condition, "", freeBytes, 1000);
    }

    private static long draws(List<Disk> disks, String name) {
        Random random = new Random(1);
        long hits = 0;
        for (int i = 0; i < DRAWS; i++) {
            if (DiskChoice.choose(disks, random).orElseThrow().root().equals(Path.of(name))) {
                hits++;
            }
        }
        return hits;
    }

    @Test
    void shouldChooseByRoom() {
        List<Disk> disks = List.of(disk("a", Condition.GOOD, 100), disk("b", Condition.GOOD, 300));
        assertThat(draws(disks, "b")).isBetween(DRAWS * 70L / 100, DRAWS * 80L / 100);
    }

    @Test
    void shouldChooseGoodOnesOnly() {
        List<Disk> disks =
                List.of(disk("a", Condition.FULL, 300), disk("b", Condition.GOOD, 1), disk("c", Condition.FAILED, 0));
        assertThat(draws(disks, "b")).isEqualTo(DRAWS);
        assertThat(DiskChoice.choose(List.of(disk("a", Condition.FULL, 300)), new Random(1)))
                .isEmpty();
    }

    @Test
    void shouldChooseAmongDisksThatDoNotTellTheirRoom() {
        List<Disk> disks = List.of(disk("a", Condition.GOOD, 0), disk("b", Condition.GOOD, 0));
        assertThat(draws(disks, "b")).isBetween(DRAWS * 40L / 100, DRAWS * 60L / 100);
    }
}
