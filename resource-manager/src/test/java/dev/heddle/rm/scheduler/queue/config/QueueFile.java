package dev.heddle.rm.scheduler.queue.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKinds;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Configurations as a few lines; keys lack {@code yarn.scheduler.capacity.} unless they have another beginning. */
public final class QueueFile {
    public static final Resource SMALLEST = new Resource(1024, 1);
    public static final Resource LARGEST = new Resource(8192, 4);

    private final Map<String, String> properties = new LinkedHashMap<>();

    private ResourceKinds kinds = ResourceKinds.NONE;

    private QueueFile() {}

    /** Lines such as {@code root.queues=a,b}. */
    public static QueueFile of(String... lines) {
        QueueFile file = new QueueFile();
        return file.and(lines);
    }

    public QueueFile and(String... lines) {
        for (String line : lines) {
            int at = line.indexOf('=');
            String key = line.substring(0, at);
            boolean whole = key.startsWith("yarn.") || key.startsWith("heddle.");
            properties.put(whole ? key : QueueKey.YARN + key, line.substring(at + 1));
        }
        return this;
    }

    /** In a cluster with these kinds of resources, too. */
    QueueFile among(ResourceKinds declared) {
        kinds = declared;
        return this;
    }

    public Map<String, String> properties() {
        return properties;
    }

    public QueuePlanReading read() {
        return read(null);
    }

    public QueuePlanReading read(@Nullable Set<String> labels) {
        Resource largest = new Resource(LARGEST.memoryMb(), LARGEST.vcores(), kinds.maximum());
        return QueuePlanReader.read(properties, new QueuePlanReader.Cluster(SMALLEST, largest, kinds, labels));
    }

    /** The plan, where there are no faults. */
    public QueuePlan plan() {
        QueuePlanReading reading = read();
        assertThat(reading).isInstanceOf(QueuePlanReading.Usable.class);
        return ((QueuePlanReading.Usable) reading).plan();
    }

    QueueSpec queue(String path) {
        return Objects.requireNonNull(plan().byPath().get(path));
    }

    List<String> faults() {
        return faults(null);
    }

    /** In lines, without the beginning that most keys have. */
    List<String> faults(@Nullable Set<String> labels) {
        return read(labels) instanceof QueuePlanReading.Faulty faulty ? lines(faulty.faults()) : List.of();
    }

    List<String> warnings() {
        return lines(read().warnings());
    }

    private static List<String> lines(List<Finding> findings) {
        return findings.stream()
                .map(finding -> finding.toString().replace(QueueKey.YARN, ""))
                .toList();
    }
}
