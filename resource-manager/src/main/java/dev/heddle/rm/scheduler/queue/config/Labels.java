package dev.heddle.rm.scheduler.queue.config;

import dev.heddle.rm.scheduler.queue.Capacity;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes a queue may use.
 *
 * @param accessible the labels, or {@link QueueSpec#ANY_LABEL} alone
 * @param byDefault what is asked for without a label, or ""
 */
record Labels(Set<String> accessible, String byDefault) {
    private static final Set<String> ANY = Set.of(QueueSpec.ANY_LABEL);
    private static final String BOTH = "&&";

    private boolean isAny() {
        return accessible.contains(QueueSpec.ANY_LABEL);
    }

    private boolean has(String label) {
        return isAny() || label.isEmpty() || accessible.contains(label);
    }

    /** The root may use every node. */
    static Labels ofRoot(Properties properties, @Nullable Set<String> ofCluster) {
        String key = QueueKey.ACCESSIBLE_LABELS.of(QueueSpec.ROOT);
        String text = properties.text(key);
        if (text != null && !text.equals(QueueSpec.ANY_LABEL)) {
            properties.findings().warn(key, "is set and has no effect", "the root may use the nodes with any label");
        }
        return new Labels(ANY, byDefault(QueueSpec.ROOT, ANY, "", properties, ofCluster));
    }

    /** The labels of a queue below one with these. */
    Labels of(String path, Properties properties, @Nullable Set<String> ofCluster) {
        String key = QueueKey.ACCESSIBLE_LABELS.of(path);
        List<String> named = properties.list(key);
        Set<String> own = accessible;
        if (named != null) {
            own = new TreeSet<>(named);
            own.remove("");
            own = own.contains(QueueSpec.ANY_LABEL) ? ANY : own;
            for (String label : own) {
                if (!isAny() && !accessible.contains(label)) {
                    properties
                            .findings()
                            .fault(
                                    key,
                                    "names " + label + ", which its parent may not use",
                                    "remove it, or add it to the parent's");
                }
                checkKnown(key, label, properties, ofCluster);
            }
        }
        String inherited = own.containsAll(accessible) ? byDefault : "";
        return new Labels(own, byDefault(path, own, inherited, properties, ofCluster));
    }

    private static String byDefault(
            String path, Set<String> own, String inherited, Properties properties, @Nullable Set<String> ofCluster) {
        String key = QueueKey.DEFAULT_LABEL.of(path);
        String text = properties.text(key);
        String label = text == null ? inherited : text;
        if (label.contains(BOTH)) {
            properties
                    .findings()
                    .fault(key, "is '" + label + "', but an ask can name one label only", "name one, or none");
            return "";
        }
        if (!new Labels(own, "").has(label)) {
            properties
                    .findings()
                    .fault(
                            key,
                            "is " + label + ", which the queue may not use",
                            "name one of " + QueueKey.ACCESSIBLE_LABELS.of(path) + ", or add it there");
            return "";
        }
        if (text != null && !label.isEmpty()) {
            checkKnown(key, label, properties, ofCluster);
        }
        return label;
    }

    private static void checkKnown(String key, String label, Properties properties, @Nullable Set<String> ofCluster) {
        if (ofCluster != null && !label.equals(QueueSpec.ANY_LABEL) && !ofCluster.contains(label)) {
            properties
                    .findings()
                    .fault(
                            key,
                            "names " + label + ", which is no label of the cluster",
                            "correct it, or add the label first (yarn rmadmin -addToClusterNodeLabels)");
        }
    }

    /** What the queue has of the nodes with each label that it may use. */
    Map<String, QueueSpec.Partition> partitions(
            Outline queue, Shares shares, Properties properties, @Nullable Set<String> ofCluster) {
        Map<String, QueueSpec.Partition> partitions = new HashMap<>();
        for (String label : accessible) {
            partitions.put(label, new QueueSpec.Partition(Capacity.NOTHING, Capacity.NOTHING, 0));
        }
        for (String label : shares.labels(queue)) {
            if (!has(label)) {
                properties
                        .findings()
                        .warn(
                                QueueKey.CAPACITY.of(queue.path(), label),
                                "has no effect: the queue may not use the nodes with the label " + label,
                                "add it to " + QueueKey.ACCESSIBLE_LABELS.of(queue.path()) + ", or remove it");
                continue;
            }
            if (!label.isEmpty() && !queue.isRoot()) {
                checkKnown(QueueKey.CAPACITY.of(queue.path(), label), label, properties, ofCluster);
            }
            partitions.put(label, partition(shares.of(queue, label)));
        }
        return partitions;
    }

    /** YARN takes no notice of a maximum that is written in another way than the capacity. */
    private static QueueSpec.Partition partition(Shares.Share share) {
        return new QueueSpec.Partition(share.guaranteed().capacity(), share.maximumCapacity(), share.masterShare());
    }
}
