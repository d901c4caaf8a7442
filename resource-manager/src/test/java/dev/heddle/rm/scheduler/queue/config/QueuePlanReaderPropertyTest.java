package dev.heddle.rm.scheduler.queue.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.rm.scheduler.queue.QueueSpec;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Whatever is written, there is a plan or there are faults. */
class QueuePlanReaderPropertyTest {
    @Provide
    Arbitrary<String> keys() {
        Arbitrary<String> path = Arbitraries.of("root", "a", "b", "c", "default", "", "*")
                .list()
                .ofMaxSize(4)
                .map(parts -> "root" + (parts.isEmpty() ? "" : ".") + String.join(".", parts));
        Arbitrary<String> suffix = Arbitraries.oneOf(
                Arbitraries.of(QueueKey.values()).map(QueueKey::suffix),
                Arbitraries.of(
                        "queues",
                        "capacity",
                        "accessible-node-labels.x.capacity",
                        "accessible-node-labels.",
                        "accessible-node-labels.x",
                        "accessible-node-labels..capacity",
                        "user-settings.ann.weight",
                        "user-settings.weight",
                        "auto-queue-creation-v2.enabled",
                        "reservable"));
        Arbitrary<String> ofQueue = Combinators.combine(Arbitraries.of(QueueKey.YARN, QueueKey.HEDDLE), path, suffix)
                .as((prefix, of, end) -> prefix + of + "." + end);
        Arbitrary<String> ofCluster = Arbitraries.of(ClusterKey.values()).map(ClusterKey::key);
        Arbitrary<String> any = Arbitraries.strings().ofMaxLength(12).map(end -> QueueKey.YARN + "root." + end);
        return Arbitraries.frequencyOf(Tuple.of(12, ofQueue), Tuple.of(2, ofCluster), Tuple.of(1, any));
    }

    @Provide
    Arbitrary<String> values() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        "a", "a,b", "a,b,c", "a,,a", "root", "*", " ", "", "x", "x,y", "true", "false", "RUNNING",
                        "STOPPED"),
                Arbitraries.of("0", "50", "100", "33.3", "-1", "1e30", "NaN", "Infinity", "0x7fffffff", "99999999999"),
                Arbitraries.of(
                        "1w",
                        "-1w",
                        "w",
                        "[memory=1024]",
                        "[memory=10Gi,vcores=3]",
                        "[memory=50%]",
                        "[]",
                        "[=]",
                        "[,]"),
                Arbitraries.of("[memory=999999999999999999P]", "[memory=2w,vcores=2w]", "memory-mb=1,vcores=1", "a=="),
                Arbitraries.strings().ofMaxLength(10));
    }

    @Property(tries = 2000)
    void shouldEndWithAPlanOrWithFaults(@ForAll("files") Map<String, String> file) {
        QueuePlanReading reading =
                QueuePlanReader.read(file, new QueuePlanReader.Cluster(QueueFile.SMALLEST, QueueFile.LARGEST, null));
        if (reading instanceof QueuePlanReading.Usable usable) {
            assertThat(usable.plan().root().children()).isNotEmpty();
            for (QueueSpec queue : usable.plan().byPath().values()) {
                assertThat(queue.labels()).contains("");
                assertThat(queue.maximumAllocation().fitsIn(QueueFile.LARGEST)).isTrue();
                assertThat(queue.users().minimumPercent()).isBetween(0.0, 100.0);
            }
        } else if (reading instanceof QueuePlanReading.Faulty faulty) {
            assertThat(faulty.faults()).isNotEmpty();
        }
        assertThat(reading.warnings())
                .allSatisfy(finding -> assertThat(finding.key()).startsWith("yarn."));
    }

    @Provide
    Arbitrary<Map<String, String>> files() {
        return Arbitraries.maps(keys(), values()).ofMaxSize(20).map(file -> {
            file.putIfAbsent(QueueKey.QUEUES.of("root"), "a,b");
            return file;
        });
    }
}
