package dev.heddle.rm.scheduler.queue.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.scheduler.queue.Capacity;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked
class CapacitiesTest {
    private static final String FREE = "legacy-queue-mode.enabled=false";

    private static QueueFile two(String a, String b) {
        return QueueFile.of("root.queues=a,b", "root.a.capacity=" + a, "root.b.capacity=" + b);
    }

    private static Capacity absolute(long memoryMb, int vcores) {
        return new Capacity.Absolute(new Resource(memoryMb, vcores));
    }

    private static QueueSpec.Partition partition(QueueFile file, String path) {
        return file.queue(path).partitions().get("");
    }

    @Test
    void shouldReadPercentages() {
        QueueFile file =
                two("33.35", "66.65").and("root.a.maximum-capacity=50", "root.a.maximum-am-resource-percent=0.5");
        assertThat(partition(file, "root.a").guaranteed()).isEqualTo(new Capacity.Percent(33.35));
        assertThat(partition(file, "root.a").maximum()).isEqualTo(new Capacity.Percent(50));
        assertThat(partition(file, "root.a").masterShare()).isEqualTo(0.5);
        assertThat(partition(file, "root.b").maximum()).isEqualTo(Capacity.ALL);
        assertThat(partition(file, "root.b").masterShare()).isEqualTo(0.1);
        assertThat(two("50", "50.04").faults()).isEmpty();
    }

    @Test
    void shouldReadWeightsAlsoBesideOthers() {
        QueueFile file = two("2w", "0.5 w").and("root.a.queues=c", "root.a.c.capacity=100", "root.b.queues=d");
        assertThat(partition(file, "root.a").guaranteed()).isEqualTo(new Capacity.Weight(2));
        assertThat(partition(file, "root.b").guaranteed()).isEqualTo(new Capacity.Weight(0.5));
        assertThat(partition(file, "root.b.d").guaranteed()).isEqualTo(Capacity.NOTHING);
        assertThat(two("-1w", "100").faults()).isEmpty();
        assertThat(two("-2w", "10001w").faults()).hasSize(2);
    }

    @Test
    void shouldReadAmountsWithUnits() {
        QueueFile file = two("[memory=10Gi, vcores=12]", "[ vcores=3,memory=2048 ]")
                .and("root.a.maximum-capacity=[memory=1Ti,vcores=100]");
        assertThat(partition(file, "root.a").guaranteed()).isEqualTo(absolute(10_240, 12));
        assertThat(partition(file, "root.a").maximum()).isEqualTo(absolute(1_048_576, 100));
        assertThat(partition(file, "root.b").guaranteed()).isEqualTo(absolute(2048, 3));
        assertThat(partition(file, "root.b").maximum()).isEqualTo(Capacity.ALL);
        assertThat(partition(two("[memory=1G]", "[vcores=7]"), "root.a").guaranteed())
                .isEqualTo(absolute(953, 0));
        assertThat(partition(two("[memory=1G]", "[vcores=7]"), "root.b").guaranteed())
                .isEqualTo(absolute(0, 0));
    }

    @Test
    void shouldRefuseAmountsThatCannotBeRead() {
        assertThat(two("[memory=1.5]", "[memory=9Xi]").faults())
                .containsExactly(
                        "root.a.capacity is 'memory=1.5', which is no amount: memory takes MB or a unit (k, M, G, T, P, Ki,"
                                + " Mi, Gi, Ti, Pi), vcores a whole number: correct it or remove it",
                        "root.b.capacity is 'memory=9Xi', which is no amount: memory takes MB or a unit (k, M, G, T, P, Ki,"
                                + " Mi, Gi, Ti, Pi), vcores a whole number: correct it or remove it");
        assertThat(two("[memory=1,vcores=2G]", "[memory=-1]").faults()).hasSize(2);
        assertThat(two("[memory=999999999999999999Pi]", "[memory=1,vcores=99999999999]")
                        .faults())
                .hasSize(2);
        assertThat(two("[memory=1,gpu=4,odd]", "[memory=1]").warnings())
                .containsExactly(
                        "root.a.capacity has 'odd', which is no KIND=AMOUNT: it is left out",
                        "root.a.capacity names the kind gpu, which is not declared: it is left out; add it to"
                                + " yarn.resource-types if it is there");
    }

    @Test
    void shouldRefuseWhatIsNoCapacity() {
        for (String text : List.of("", "x", "-1", "100.1", "NaN", "Infinity", "50%", "w", "3ww", "[", "[memory=50%]")) {
            assertThat(two(text, "100").faults()).as(text).isNotEmpty();
        }
        for (String text : List.of("", "x", "-2", "NaN", "50%", "3w", "[memory=5w]")) {
            assertThat(two("50", "50").and("root.a.maximum-capacity=" + text).faults())
                    .as(text)
                    .hasSize(1);
        }
        assertThat(two("50", "50").and("root.a.maximum-capacity=-1").faults()).isEmpty();
        assertThat(two("50", "50").and("root.a.maximum-capacity=150").warnings())
                .containsExactly("root.a.maximum-capacity is 150, which is more than all: it counts as 100");
    }

    @Test
    void shouldRefusePercentagesThatDoNotAddUp() {
        assertThat(two("50", "49").faults())
                .containsExactly(
                        "root.queues names queues whose capacities add up to 99, which is neither 100 nor 0: correct"
                                + " root.a.capacity, root.b.capacity");
        assertThat(two("0", "0").faults())
                .containsExactly("root.queues names queues whose capacities add up to 0, while root has 100: correct"
                        + " root.a.capacity, root.b.capacity, or set root.allow-zero-capacity-sum to true");
        assertThat(two("0", "0").and("root.allow-zero-capacity-sum=true").faults())
                .isEmpty();
        QueueFile nothing = two("0", "100").and("root.a.queues=c", "root.a.c.capacity=100");
        assertThat(nothing.faults())
                .containsExactly(
                        "root.a.queues names queues whose capacities add up to 100, while root.a has nothing: give"
                                + " it something by root.a.capacity, or set root.a.allow-zero-capacity-sum to true");
        assertThat(nothing.and("root.a.c.capacity=0").faults()).isEmpty();
    }

    @Test
    void shouldRefuseMixedFormsInLegacyModeOnly() {
        assertThat(two("50", "3w").faults())
                .containsExactly(
                        "root.queues names queues whose capacities are written in different ways: root.a.capacity is"
                                + " 50, root.b.capacity is 3w: write percentages for all of them, or weights, or amounts; or"
                                + " set legacy-queue-mode.enabled to false");
        assertThat(two("50", "3w").and(FREE).faults()).isEmpty();
        assertThat(two("[memory=1]", "3w").faults()).hasSize(1);
        QueueFile below = two("[memory=1024]", "[memory=1024]").and("root.a.queues=c", "root.a.c.capacity=100");
        assertThat(below.faults())
                .containsExactly(
                        "root.a.queues names queues whose capacities are no amounts, but that of root.a is one: write"
                                + " amounts for a queue and all below it, or for none of them");
        assertThat(below.and(FREE).faults()).isEmpty();
    }

    @Test
    void shouldReadSharesByKindWhereTheyAreAlike() {
        QueueFile file = two("[memory=40%,vcores=40%]", "[memory=3w,vcores=3w]").and(FREE);
        assertThat(partition(file, "root.a").guaranteed()).isEqualTo(new Capacity.Percent(40));
        assertThat(partition(file, "root.b").guaranteed()).isEqualTo(new Capacity.Weight(3));
        assertThat(two("[memory=40%,vcores=50%]", "10").faults())
                .containsExactly(
                        "root.a.capacity has percentages or weights by kind of resource: write one for all kinds, or set"
                                + " legacy-queue-mode.enabled to false");
    }

    @Test
    void shouldRefuseAmountsOverTheParentsOrOverTheMaximum() {
        QueueFile file = two("[memory=1024,vcores=2]", "[memory=1024,vcores=2]")
                .and(
                        "root.a.maximum-capacity=[memory=2048,vcores=4]",
                        "root.a.queues=c,d",
                        "root.a.c.capacity=[memory=600,vcores=1]",
                        "root.a.d.capacity=[memory=424,vcores=1]");
        assertThat(file.faults()).isEmpty();
        file.and("root.a.c.maximum-capacity=[memory=3000,vcores=4]", "root.a.d.capacity=[memory=500,vcores=1]");
        file.and("root.b.maximum-capacity=[memory=1000,vcores=9]");
        assertThat(file.faults())
                .containsExactly(
                        "root.a.c.maximum-capacity is 3000 MB, 4 vcores, more than the parent's 2048 MB, 4 vcores: make it"
                                + " smaller",
                        "root.b.capacity is 1024 MB, 2 vcores, more than the maximum of 1000 MB, 9 vcores: make it smaller, or"
                                + " raise root.b.maximum-capacity",
                        "root.a.capacity is 1024 MB, 2 vcores, less than its children are promised, which is 1100 MB, 2"
                                + " vcores: raise it, or promise them less");
        file.and("resource-calculator=org.apache.hadoop.yarn.util.resource.DominantResourceCalculator");
        assertThat(file.faults()).hasSize(2).noneSatisfy(line -> assertThat(line)
                .startsWith("root.b"));
    }

    @Test
    void shouldSayWhereAGuaranteeIsCutToTheMaximum() {
        assertThat(two("50", "50").and("root.a.maximum-capacity=20").warnings())
                .containsExactly(
                        "root.a.capacity is more than the queue may have (50 % of the cluster, but at most 20 %): it"
                                + " is cut to that");
        assertThat(two("10", "90")
                        .and("root.a.queues=c", "root.a.c.capacity=100", "root.a.c.maximum-capacity=50")
                        .warnings())
                .isEmpty();
    }

    @Test
    void shouldSayWhichMaximumsHaveNoEffect() {
        assertThat(two("50", "50")
                        .and("root.a.maximum-capacity=[memory=4096,vcores=4]")
                        .warnings())
                .containsExactly(
                        "root.a.maximum-capacity is an amount and has no effect: the capacity of root.a is none");
        QueueFile percent = two("[memory=1]", "[memory=1]").and("root.a.maximum-capacity=20");
        assertThat(partition(percent, "root.a").maximum()).isEqualTo(Capacity.ALL);
        assertThat(partition(percent.and(FREE), "root.a").maximum()).isEqualTo(new Capacity.Percent(20));
        assertThat(two("50", "50").and("root.capacity=90").warnings())
                .containsExactly("root.capacity is 90 and has no effect: the root has the whole cluster");
    }

    private static QueueFile labelled() {
        return two("50", "50")
                .and(
                        "root.a.accessible-node-labels=gpu, big",
                        "root.a.accessible-node-labels.gpu.capacity=100",
                        "root.a.accessible-node-labels.gpu.maximum-capacity=60",
                        "root.a.accessible-node-labels.gpu.maximum-am-resource-percent=0.3",
                        "root.a.default-node-label-expression= gpu ",
                        "root.a.queues=c,d",
                        "root.a.c.capacity=50",
                        "root.a.d.capacity=50",
                        "root.a.c.accessible-node-labels.gpu.capacity=25",
                        "root.a.d.accessible-node-labels.gpu.capacity=75",
                        "root.a.d.accessible-node-labels=gpu",
                        "root.b.accessible-node-labels= ");
    }

    @Test
    void shouldReadCapacitiesByLabel() {
        QueueFile file = labelled();
        assertThat(file.queue("root").labels()).containsExactlyInAnyOrder("", "gpu", QueueSpec.ANY_LABEL);
        assertThat(file.queue("root").partitions().get("gpu").guaranteed()).isEqualTo(Capacity.ALL);
        assertThat(file.queue("root").mayUse("another")).isTrue();
        Map<String, QueueSpec.Partition> a = file.queue("root.a").partitions();
        assertThat(a.keySet()).containsExactlyInAnyOrder("", "gpu", "big");
        assertThat(a.get("gpu")).isEqualTo(new QueueSpec.Partition(Capacity.ALL, new Capacity.Percent(60), 0.3));
        assertThat(a.get("big").maximum()).isEqualTo(Capacity.NOTHING);
        assertThat(file.queue("root.a.c").labels()).isEqualTo(a.keySet());
        assertThat(file.queue("root.a.d").labels()).containsExactlyInAnyOrder("", "gpu");
        assertThat(file.queue("root.b").labels()).containsExactly("");
        assertThat(file.queue("root.b").mayUse("gpu")).isFalse();
        assertThat(file.warnings()).hasSize(2).allSatisfy(line -> assertThat(line)
                .endsWith("it is cut to that"));
    }

    @Test
    void shouldInheritTheDefaultLabelWhereTheSameLabelsMayBeUsed() {
        QueueFile file = labelled();
        assertThat(file.queue("root.a").defaultLabel()).isEqualTo("gpu");
        assertThat(file.queue("root.a.c").defaultLabel()).isEqualTo("gpu");
        assertThat(file.queue("root.a.d").defaultLabel()).isEmpty();
        assertThat(file.and("root.b.default-node-label-expression=gpu").faults())
                .containsExactly("root.b.default-node-label-expression is gpu, which the queue may not use: name one of"
                        + " root.b.accessible-node-labels, or add it there");
        assertThat(labelled()
                        .and("root.a.default-node-label-expression=gpu && big")
                        .faults())
                .hasSize(1);
    }

    @Test
    void shouldRefuseLabelsThatTheParentMayNotUse() {
        assertThat(labelled().and("root.a.c.accessible-node-labels=gpu,other,*").faults())
                .containsExactly(
                        "root.a.c.accessible-node-labels names *, which its parent may not use: remove it, or add it"
                                + " to the parent's");
        assertThat(labelled().and("root.a.c.accessible-node-labels=other").warnings())
                .contains(
                        "root.a.c.accessible-node-labels.gpu.capacity has no effect: the queue may not use the nodes with"
                                + " the label gpu: add it to root.a.c.accessible-node-labels, or remove it");
    }

    @Test
    void shouldAddUpPercentagesByLabel() {
        assertThat(labelled()
                        .and("root.a.d.accessible-node-labels.gpu.capacity=70")
                        .faults())
                .containsExactly(
                        "root.a.queues names queues whose capacities of the nodes with the label gpu add up to 95,"
                                + " which is neither 100 nor 0: correct root.a.c.accessible-node-labels.gpu.capacity,"
                                + " root.a.d.accessible-node-labels.gpu.capacity");
    }

    @Test
    void shouldRefuseLabelsThatTheClusterDoesNotHave() {
        assertThat(labelled().faults(Set.of("gpu", "big"))).isEmpty();
        assertThat(labelled().faults(Set.of("gpu")))
                .containsExactly(
                        "root.a.accessible-node-labels names big, which is no label of the cluster: correct it, or"
                                + " add the label first (yarn rmadmin -addToClusterNodeLabels)");
        assertThat(labelled().faults(Set.of("big"))).hasSize(6);
    }
}
