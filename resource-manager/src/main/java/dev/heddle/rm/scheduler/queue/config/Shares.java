package dev.heddle.rm.scheduler.queue.config;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKinds;
import dev.heddle.rm.scheduler.queue.Capacity;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What each queue is promised and allowed of the nodes with each label that is mentioned for it, as it is written. */
final class Shares {
    /** Stands for the nodes without a label. */
    static final String NO_LABEL = "";

    private static final String LABELS = ".accessible-node-labels.";

    /** What is written for one queue and one label. */
    record Share(Written guaranteed, Written maximum, double masterShare, boolean legacy) {
        /**
         * The maximum. In legacy mode YARN takes no notice of one that is written in another way than the capacity, and one
         * that names no memory is none.
         */
        Capacity maximumCapacity() {
            boolean other = legacy && maximum.isAmount() != guaranteed.isAmount();
            boolean nothing = maximum.isAmount() && maximum.amount().equals(Resource.NONE);
            return other || nothing ? Capacity.ALL : maximum.capacity();
        }
    }

    private static final Share NOTHING = new Share(Written.unset(0), Written.percent(0), 0, false);

    private final Map<String, Map<String, Share>> byPath = new HashMap<>();

    private Shares() {}

    static Shares read(Outline root, Properties properties, boolean legacy, ResourceKinds kinds) {
        Map<String, Set<String>> mentioned = mentioned(properties);
        Set<String> everywhere = new TreeSet<>();
        for (Outline queue : root.all()) {
            everywhere.addAll(mentioned.getOrDefault(queue.path(), Set.of()));
        }
        mentioned.put(QueueSpec.ROOT, everywhere);
        CapacityText text = new CapacityText(properties, legacy, kinds);
        double ofCluster = properties.number(ClusterKey.MASTER_SHARE.key(), DEFAULT_MASTER_SHARE, 0);
        Shares shares = new Shares();
        for (Outline queue : root.all()) {
            double ofQueue = properties.number(QueueKey.MASTER_SHARE.of(queue.path()), ofCluster, 0);
            Map<String, Share> byLabel = new HashMap<>();
            byLabel.put(NO_LABEL, share(queue, NO_LABEL, text, ofQueue, legacy));
            for (String label : mentioned.getOrDefault(queue.path(), Set.of())) {
                double ofLabel = properties.number(QueueKey.MASTER_SHARE.of(queue.path(), label), ofQueue, 0);
                byLabel.put(label, share(queue, label, text, ofLabel, legacy));
            }
            shares.byPath.put(queue.path(), Collections.unmodifiableMap(byLabel));
        }
        return shares;
    }

    private static final double DEFAULT_MASTER_SHARE = 0.1;

    /** The root has the whole cluster, and may be kept from using it all. */
    private static Share share(Outline queue, String label, CapacityText text, double masterShare, boolean legacy) {
        String maximum = QueueKey.MAXIMUM_CAPACITY.of(queue.path(), label);
        if (queue.isRoot()) {
            return new Share(
                    Written.percent(CapacityText.WHOLE),
                    label.isEmpty() ? text.maximum(maximum, false) : Written.unset(CapacityText.WHOLE),
                    masterShare,
                    false);
        }
        return new Share(
                text.guaranteed(QueueKey.CAPACITY.of(queue.path(), label)),
                text.maximum(maximum, !label.isEmpty()),
                masterShare,
                legacy);
    }

    /** The labels of which some key of a queue speaks, by path. */
    private static Map<String, Set<String>> mentioned(Properties properties) {
        Map<String, Set<String>> mentioned = new HashMap<>();
        for (String key : properties.all().keySet()) {
            int at = key.startsWith(QueueKey.YARN) ? key.indexOf(LABELS) : -1;
            String label = at < 0 ? NO_LABEL : QueueKey.label(key.substring(at + 1));
            if (!label.isEmpty() && at > QueueKey.YARN.length()) {
                mentioned
                        .computeIfAbsent(key.substring(QueueKey.YARN.length(), at), path -> new TreeSet<>())
                        .add(label);
            }
        }
        return mentioned;
    }

    /** The labels that are mentioned for a queue, {@link #NO_LABEL} among them. */
    Set<String> labels(Outline queue) {
        return byPath.getOrDefault(queue.path(), Map.of()).keySet();
    }

    /** What is written, or nothing at all. */
    Share of(Outline queue, String label) {
        return byPath.getOrDefault(queue.path(), Map.of()).getOrDefault(label, NOTHING);
    }
}
