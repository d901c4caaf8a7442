package dev.heddle.rm.scheduler.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FreeCapacityIndexTest {
    private static final ResourceKind GPU = ResourceKind.pieces("yarn.io/gpu");
    private static final ResourceKind DISK = new ResourceKind("disk", "Gi");

    /** A slot gets room, or is taken out. */
    record Change(int slot, @Nullable Resource free) {}

    @Provide
    Arbitrary<Change> changes() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 70), resources().injectNull(0.2))
                .as(Change::new);
    }

    @Provide
    Arbitrary<Resource> resources() {
        return Combinators.combine(
                        Arbitraries.longs().between(0, 40),
                        Arbitraries.integers().between(0, 6),
                        amounts(),
                        amounts())
                .as((memoryMb, vcores, gpus, disk) ->
                        new Resource(memoryMb, vcores).and(GPU, gpus).and(DISK, disk));
    }

    /** Mostly none. */
    private static Arbitrary<Long> amounts() {
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(0L)),
                Tuple.of(2, Arbitraries.longs().between(1, 8)));
    }

    @Property
    void shouldFindWhatLookingAtEverySlotFinds(
            @ForAll List<@net.jqwik.api.From("changes") Change> changes,
            @ForAll("resources") Resource wanted,
            @ForAll @net.jqwik.api.constraints.IntRange(max = 90) int from) {
        FreeCapacityIndex index = new FreeCapacityIndex();
        Map<Integer, Resource> slots = new HashMap<>();
        for (Change change : changes) {
            Resource free = change.free();
            if (free == null) {
                index.clear(change.slot());
                slots.remove(change.slot());
            } else {
                index.set(change.slot(), free);
                slots.put(change.slot(), free);
            }
        }
        assertThat(index.find(wanted, from)).isEqualTo(bySight(slots, wanted, from));
        slots.keySet().removeIf(slot -> slot % 3 == 0);
        assertThat(index.find(wanted, from, slot -> slot % 3 != 0)).isEqualTo(bySight(slots, wanted, from));
    }

    /** The first slot from {@code from} on, going round; a start beyond the last slot of the tree is the first one. */
    private static int bySight(Map<Integer, Resource> slots, Resource wanted, int from) {
        int end = 128;
        for (int step = 0; step < 2 * end; step++) {
            int slot = step < end ? from + step : step - end;
            Resource free = slots.get(slot);
            if (free != null && wanted.fitsIn(free)) {
                return slot;
            }
        }
        return FreeCapacityIndex.NONE;
    }

    @Test
    void shouldNameTheLargestFreeAmounts() {
        FreeCapacityIndex index = new FreeCapacityIndex();
        assertThat(index.largestFree()).isEqualTo(Resource.NONE);
        index.set(3, new Resource(100, 1).and(GPU, 2));
        index.set(40, new Resource(50, 8).and(GPU, 4).and(DISK, 1));
        assertThat(index.largestFree())
                .isEqualTo(new Resource(100, 8).and(GPU, 4).and(DISK, 1));
        index.clear(40);
        assertThat(index.largestFree()).isEqualTo(new Resource(100, 1).and(GPU, 2));
        index.set(3, new Resource(100, 1));
        assertThat(index.largestFree()).isEqualTo(new Resource(100, 1));
    }
}
