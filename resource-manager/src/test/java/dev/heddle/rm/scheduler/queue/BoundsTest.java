package dev.heddle.rm.scheduler.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKind;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BoundsTest {
    private static final ResourceKind GPU = ResourceKind.pieces("yarn.io/gpu");
    private static final Resource TOTAL = new Resource(10_000, 100).and(GPU, 10);

    private static QueueSpec queue(Capacity guaranteed, Capacity maximum) {
        return new QueueSpec(
                "root.a",
                true,
                0,
                Map.of("", new QueueSpec.Partition(guaranteed, maximum, 1)),
                "",
                QueueSpec.UserShares.DEFAULT,
                QueueSpec.ApplicationCaps.DEFAULT,
                TOTAL,
                QueueSpec.Ordering.DEFAULT,
                QueueSpec.Acls.EVERYBODY,
                QueueSpec.Preemption.ALLOWED,
                List.of());
    }

    private static List<Bounds> bounds(Capacity... guaranteed) {
        return Bounds.children(
                Bounds.root(null, TOTAL),
                Stream.of(guaranteed)
                        .map(capacity -> queue(capacity, Capacity.ALL))
                        .toList(),
                "",
                TOTAL);
    }

    private static Capacity.Part percent(double value) {
        return new Capacity.Part(Capacity.Form.PERCENT, value);
    }

    private static Capacity.Part weight(double value) {
        return new Capacity.Part(Capacity.Form.WEIGHT, value);
    }

    private static Capacity.Part amount(double value) {
        return new Capacity.Part(Capacity.Form.AMOUNT, value);
    }

    @Test
    void shouldGiveThePartOfEveryKind() {
        List<Bounds> bounds = bounds(new Capacity.Percent(30), new Capacity.Percent(70));
        assertThat(bounds.get(0)).isEqualTo(new Bounds(new Resource(3000, 30).and(GPU, 3), TOTAL, 0.3, 1));
        assertThat(bounds(new Capacity.Weight(1), new Capacity.Weight(4)).get(1).guaranteed())
                .isEqualTo(new Resource(8000, 80).and(GPU, 8));
    }

    @Test
    void shouldScaleAmountsThatAreNotThere() {
        List<Bounds> bounds = bounds(
                new Capacity.Absolute(new Resource(2000, 10).and(GPU, 15)),
                new Capacity.Absolute(new Resource(4000, 10).and(GPU, 5)));
        assertThat(bounds.get(0).guaranteed()).isEqualTo(new Resource(2000, 10).and(GPU, 7));
        assertThat(bounds.get(1).guaranteed()).isEqualTo(new Resource(4000, 10).and(GPU, 2));
    }

    @Test
    void shouldGiveAmountsFirstThenPercentagesOfTheRestThenWeights() {
        List<Bounds> bounds = bounds(
                new Capacity.Vector(
                        Map.of(ResourceKind.MEMORY, percent(50), ResourceKind.VCORES, amount(40), GPU, weight(1))),
                new Capacity.Vector(
                        Map.of(ResourceKind.MEMORY, amount(2000), ResourceKind.VCORES, percent(50), GPU, weight(3))),
                new Capacity.Vector(
                        Map.of(ResourceKind.MEMORY, weight(1), ResourceKind.VCORES, weight(1), GPU, amount(2))));
        assertThat(bounds.get(0).guaranteed()).isEqualTo(new Resource(4000, 40).and(GPU, 2));
        assertThat(bounds.get(1).guaranteed()).isEqualTo(new Resource(2000, 30).and(GPU, 6));
        assertThat(bounds.get(2).guaranteed()).isEqualTo(new Resource(4000, 30).and(GPU, 2));
        assertThat(bounds.get(1).absolute()).isEqualTo(0.2);
    }

    @Test
    void shouldGiveNothingWithoutMemory() {
        assertThat(bounds(new Capacity.Vector(Map.of(ResourceKind.VCORES, amount(4), GPU, percent(100))))
                        .get(0)
                        .guaranteed())
                .isEqualTo(Resource.NONE);
    }

    @Test
    void shouldLimitOnlyWhatTheMaximumNames() {
        Capacity maximum = new Capacity.Vector(Map.of(ResourceKind.MEMORY, percent(50), GPU, amount(3)));
        Bounds bounds = Bounds.children(
                        Bounds.root(null, TOTAL), List.of(queue(new Capacity.Percent(80), maximum)), "", TOTAL)
                .get(0);
        assertThat(bounds.maximum()).isEqualTo(new Resource(5000, 100).and(GPU, 3));
        assertThat(bounds.guaranteed()).isEqualTo(new Resource(5000, 80).and(GPU, 3));
        assertThat(bounds.absoluteMaximum()).isEqualTo(0.5);
    }

    @Provide
    Arbitrary<Capacity> vectors() {
        Arbitrary<Capacity.Part> parts = Combinators.combine(
                        Arbitraries.of(Capacity.Form.class),
                        Arbitraries.integers().between(0, 25))
                .as((form, value) -> new Capacity.Part(form, value));
        return Combinators.combine(parts, parts, parts)
                .as((memory, vcores, gpus) -> new Capacity.Vector(
                        Map.of(ResourceKind.MEMORY, memory, ResourceKind.VCORES, vcores, GPU, gpus)));
    }

    @Property
    void shouldNeverPromiseMoreThanThereIs(
            @ForAll @Size(min = 1, max = 4) List<@net.jqwik.api.From("vectors") Capacity> capacities) {
        List<Bounds> bounds = bounds(capacities.toArray(new Capacity[0]));
        Resource sum = bounds.stream().map(Bounds::guaranteed).reduce(Resource.NONE, Resource::plus);
        assertThat(sum.fitsIn(TOTAL)).as("%s", sum).isTrue();
        assertThat(bounds).allSatisfy(each -> assertThat(each.guaranteed().fitsIn(each.maximum()))
                .isTrue());
    }
}
