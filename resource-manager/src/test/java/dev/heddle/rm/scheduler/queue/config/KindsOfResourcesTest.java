package dev.heddle.rm.scheduler.queue.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKind;
import dev.heddle.common.resources.ResourceKinds;
import dev.heddle.rm.scheduler.queue.Capacity;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Capacities and largest containers of kinds beyond memory and cores, and shares that differ by kind. */
class KindsOfResourcesTest {
    private static final String FREE = "legacy-queue-mode.enabled=false";
    private static final ResourceKind GPU = ResourceKind.pieces("yarn.io/gpu");
    private static final ResourceKind DISK = new ResourceKind("disk", "Gi");
    private static final ResourceKinds KINDS = new ResourceKinds(
            List.of(new ResourceKinds.Declared(GPU, 0, 8), new ResourceKinds.Declared(DISK, 0, Long.MAX_VALUE)));
    private static final String DOMINANT =
            "resource-calculator=org.apache.hadoop.yarn.util.resource.DominantResourceCalculator";

    private static QueueFile two(String a, String b) {
        return QueueFile.of("root.queues=a,b", "root.a.capacity=" + a, "root.b.capacity=" + b, DOMINANT)
                .among(KINDS);
    }

    private static Capacity guaranteed(QueueFile file, String path) {
        return Objects.requireNonNull(file.queue(path).partition("")).guaranteed();
    }

    private static Capacity maximum(QueueFile file, String path) {
        return Objects.requireNonNull(file.queue(path).partition("")).maximum();
    }

    @Test
    void shouldReadAmountsOfEveryKindInItsUnit() {
        QueueFile file = two("[memory=10240,vcores=12,yarn.io/gpu=4,disk=1Ti]", "[memory=1024,disk=7]")
                .and("root.b.maximum-capacity=[memory=2048,yarn.io/gpu=1]");
        assertThat(guaranteed(file, "root.a"))
                .isEqualTo(new Capacity.Absolute(
                        new Resource(10_240, 12).and(GPU, 4).and(DISK, 1024)));
        assertThat(guaranteed(file, "root.b")).isEqualTo(new Capacity.Absolute(new Resource(1024, 0).and(DISK, 7)));
        assertThat(maximum(file, "root.b")).isEqualTo(new Capacity.Absolute(new Resource(2048, 0).and(GPU, 1)));
    }

    @Test
    void shouldReadAVectorWithAFormForEachKind() {
        QueueFile file = two("[memory=50%,vcores=3,yarn.io/gpu=2w]", "[memory=50%,vcores=50%,disk=1w]")
                .and(FREE, "root.a.maximum-capacity=[memory=80%,yarn.io/gpu=3]");
        assertThat(guaranteed(file, "root.a"))
                .isEqualTo(new Capacity.Vector(Map.of(
                        ResourceKind.MEMORY,
                        new Capacity.Part(Capacity.Form.PERCENT, 50),
                        ResourceKind.VCORES,
                        new Capacity.Part(Capacity.Form.AMOUNT, 3),
                        GPU,
                        new Capacity.Part(Capacity.Form.WEIGHT, 2))));
        assertThat(maximum(file, "root.a"))
                .isEqualTo(new Capacity.Vector(Map.of(
                        ResourceKind.MEMORY,
                        new Capacity.Part(Capacity.Form.PERCENT, 80),
                        GPU,
                        new Capacity.Part(Capacity.Form.AMOUNT, 3))));
        String same = "[memory=40%,vcores=40%,yarn.io/gpu=40%,disk=40%]";
        assertThat(guaranteed(two(same, "60").and(FREE), "root.a")).isEqualTo(new Capacity.Percent(40));
        assertThat(guaranteed(two("[memory=40%,vcores=40%]", "60").and(FREE), "root.a"))
                .isInstanceOf(Capacity.Vector.class);
    }

    @Test
    void shouldRefuseWhatCannotBeReadAndTellOfKindsThatAreNotDeclared() {
        assertThat(two("[memory=1,disk=3Xi]", "[memory=1,yarn.io/gpu=-1]").faults())
                .hasSize(2)
                .first()
                .asString()
                .isEqualTo(
                        "root.a.capacity is 'disk=3Xi', which is no amount: memory takes MB or a unit (k, M, G, T, P,"
                                + " Ki, Mi, Gi, Ti, Pi), vcores a whole number, other kinds their own unit or one of those:"
                                + " correct it or remove it");
        assertThat(two("[memory=50%,yarn.io/gpu=1w]", "50")
                        .and(FREE, "root.a.maximum-capacity=[memory=1w]")
                        .faults())
                .containsExactly(
                        "root.a.maximum-capacity is '[memory=1w]', which is no percentage or amount: correct it"
                                + " or remove it");
        assertThat(two("[memory=1,gpu=1]", "[memory=1]").warnings())
                .containsExactly("root.a.capacity names the kind gpu, which is not declared: it is left out; add it to"
                        + " yarn.resource-types if it is there");
    }

    @Test
    void shouldRefuseMoreOfAKindThanTheParentOrTheMaximumHas() {
        QueueFile file = two("[memory=1024,yarn.io/gpu=2]", "[memory=1024,yarn.io/gpu=3]")
                .and("root.b.maximum-capacity=[memory=1024,yarn.io/gpu=2]", "root.a.queues=c")
                .and("root.a.c.capacity=[memory=1024,yarn.io/gpu=4]");
        assertThat(file.faults())
                .containsExactly(
                        "root.b.capacity is 1024 MB, 0 vcores, 3 yarn.io/gpu, more than the maximum of 1024 MB, 0 vcores,"
                                + " 2 yarn.io/gpu: make it smaller, or raise root.b.maximum-capacity",
                        "root.a.capacity is 1024 MB, 0 vcores, 2 yarn.io/gpu, less than its children are promised, which"
                                + " is 1024 MB, 0 vcores, 4 yarn.io/gpu: raise it, or promise them less");
    }

    @Test
    void shouldReadTheLargestContainerOfEveryKind() {
        QueueFile file = two("50", "50")
                .and(
                        "root.a.maximum-allocation=memory-mb=2048,vcores=2,gpu=3,disk=100",
                        "root.b.maximum-allocation=memory-mb=2048,vcores=2,yarn.io/gpu=3,disk=2G");
        assertThat(file.queue("root.a").maximumAllocation())
                .isEqualTo(new Resource(2048, 2).and(GPU, 3).and(DISK, 100));
        assertThat(file.queue("root.b").maximumAllocation())
                .isEqualTo(new Resource(2048, 2).and(GPU, 3).and(DISK, 2));
        file = two("50", "50")
                .and("root.a.maximum-allocation=memory-mb=2048,vcores=2,disk=1", "root.b.maximum-allocation-mb=1024");
        assertThat(file.queue("root.a").maximumAllocation().amount(GPU)).isEqualTo(8);
        assertThat(file.queue("root.b").maximumAllocation().amount(GPU)).isEqualTo(8);
        assertThat(file.and("root.a.maximum-allocation=memory-mb=2048,vcores=2,gpu=9,disk=1")
                        .faults())
                .singleElement()
                .asString()
                .startsWith(
                        "root.a.maximum-allocation allows 2048 MB, 2 vcores, 1 Gi disk, 9 yarn.io/gpu, more than the");
    }

    @Test
    void shouldSayThatMemoryAloneCounts() {
        QueueFile file = QueueFile.of("root.queues=a", "root.a.capacity=100").among(KINDS);
        assertThat(file.warnings())
                .containsExactly(
                        "resource-calculator counts memory alone, though yarn.resource-types declares [disk in Gi,"
                                + " yarn.io/gpu]: containers get what they ask for, but queues and users have no limits of those"
                                + " kinds: set it to org.apache.hadoop.yarn.util.resource.DominantResourceCalculator");
    }
}
