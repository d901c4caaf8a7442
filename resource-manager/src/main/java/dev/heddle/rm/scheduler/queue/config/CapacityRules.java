package dev.heddle.rm.scheduler.queue.config;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.scheduler.queue.Measure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** How the capacities of queues have to agree with each other, as in YARN's capacity scheduler. */
final class CapacityRules {
    /** By how much the sum of percentages may miss 100. */
    private static final double TOLERANCE = 0.05;

    /** By how much a guarantee may exceed a maximum before it is spoken of, as a part of the cluster. */
    private static final double EXCESS = 0.001;

    private final Shares shares;
    private final Properties properties;
    private final Measure measure;
    private final boolean legacy;

    CapacityRules(Shares shares, Properties properties, Measure measure, boolean legacy) {
        this.shares = shares;
        this.properties = properties;
        this.measure = measure;
        this.legacy = legacy;
    }

    void check(Outline root) {
        String rootCapacity = QueueKey.CAPACITY.of(root.path());
        String text = properties.text(rootCapacity);
        if (text != null && !text.equals("100") && !text.equals("100.0")) {
            properties
                    .findings()
                    .warn(rootCapacity, "is " + text + " and has no effect", "the root has the whole cluster");
        }
        checkAmounts(root, Map.of());
        checkRoom(root, Map.of());
        if (legacy) {
            for (Outline queue : root.all()) {
                if (!queue.isRoot() && isReadable(queue)) {
                    checkOneForm(queue);
                }
                if (!queue.isLeaf()
                        && isReadable(queue)
                        && queue.children().stream().allMatch(this::isReadable)) {
                    checkChildren(queue);
                }
            }
        }
    }

    /** What cannot be read has been told of; nothing can be said of how it agrees with others. */
    private boolean isReadable(Outline queue) {
        return shares.labels(queue).stream()
                .noneMatch(label -> shares.of(queue, label).guaranteed().isUnreadable());
    }

    /** A maximum may not be below a guarantee, nor over the parent's; a queue without one has its parent's. */
    private void checkAmounts(Outline queue, Map<String, Resource> ofParent) {
        Map<String, Resource> maximums = new HashMap<>();
        for (String label : new TreeSet<>(shares.labels(queue))) {
            Shares.Share share = shares.of(queue, label);
            Resource guaranteed = share.guaranteed().amount();
            Resource maximum = share.maximum().amount();
            Resource parents = ofParent.getOrDefault(label, Resource.NONE);
            String key = QueueKey.MAXIMUM_CAPACITY.of(queue.path(), label);
            if (!parents.equals(Resource.NONE) && isMore(maximum, parents)) {
                properties
                        .findings()
                        .fault(key, "is " + maximum + ", more than the parent's " + parents, "make it smaller");
            }
            if (maximum.equals(Resource.NONE) && !guaranteed.equals(Resource.NONE)) {
                maximum = parents;
            }
            if (!maximum.equals(Resource.NONE) && isMore(guaranteed, maximum)) {
                properties
                        .findings()
                        .fault(
                                QueueKey.CAPACITY.of(queue.path(), label),
                                "is " + guaranteed + ", more than the maximum of " + maximum,
                                "make it smaller, or raise " + key);
            }
            if (legacy && share.maximum().isAmount() && !share.guaranteed().isAmount() && !queue.isRoot()) {
                properties
                        .findings()
                        .warn(key, "is an amount and has no effect", "the capacity of " + queue.path() + " is none");
            }
            maximums.put(label, maximum);
        }
        queue.children().forEach(child -> checkAmounts(child, maximums));
    }

    /** As YARN compares while it knows no nodes: by all kinds that count, and no more where one is more and one is less. */
    private boolean isMore(Resource amount, Resource other) {
        return switch (measure) {
            case MEMORY -> amount.memoryMb() > other.memoryMb();
            case DOMINANT -> !amount.equals(other) && other.fitsIn(amount);
        };
    }

    /** Parts of the cluster. */
    private record Room(double guaranteed, double maximum) {
        static final Room WHOLE = new Room(1, 1);
    }

    /** YARN cuts a guarantee that is over the maximum when it scales it to the cluster; where percentages tell, say so now. */
    private void checkRoom(Outline queue, Map<String, Room> ofParent) {
        Map<String, Room> rooms = new HashMap<>();
        for (String label : new TreeSet<>(shares.labels(queue))) {
            Shares.Share share = shares.of(queue, label);
            Room parents = queue.isRoot() ? Room.WHOLE : ofParent.get(label);
            if (parents == null || isOther(share)) {
                continue;
            }
            Room room = new Room(
                    parents.guaranteed() * share.guaranteed().percent() / CapacityText.WHOLE,
                    parents.maximum() * share.maximum().percent() / CapacityText.WHOLE);
            if (room.guaranteed() > room.maximum() + EXCESS && !queue.isRoot()) {
                properties
                        .findings()
                        .warn(
                                QueueKey.CAPACITY.of(queue.path(), label),
                                "is more than the queue may have (" + ofCluster(room.guaranteed())
                                        + " of the cluster, but at most " + ofCluster(room.maximum()) + ")",
                                "it is cut to that");
            }
            rooms.put(label, room);
        }
        queue.children().forEach(child -> checkRoom(child, rooms));
    }

    private static boolean isOther(Shares.Share share) {
        return share.guaranteed().isUnreadable()
                || share.guaranteed().isAmount()
                || share.guaranteed().isWeight()
                || share.guaranteed().isVector()
                || share.maximum().isAmount()
                || share.maximum().isVector();
    }

    private static String ofCluster(double part) {
        return Properties.plain(Math.round(part * 10_000) / 100.0) + " %";
    }

    /** Within one queue either all labels have amounts or none. */
    private void checkOneForm(Outline queue) {
        boolean amount = shares.of(queue, Shares.NO_LABEL).guaranteed().isAmount();
        for (String label : new TreeSet<>(shares.labels(queue))) {
            if (shares.of(queue, label).guaranteed().isAmount() != amount) {
                properties
                        .findings()
                        .fault(
                                QueueKey.CAPACITY.of(queue.path(), label),
                                "is " + (amount ? "no amount, but " : "an amount, but ")
                                        + QueueKey.CAPACITY.of(queue.path()) + (amount ? " is" : " is not"),
                                "write amounts for all labels of a queue or for none");
            }
        }
    }

    /** Which forms some queues use for the labels of their parent. */
    private record Forms(boolean percent, boolean weight, boolean amount) {
        boolean isMixed() {
            return (percent ? 1 : 0) + (weight ? 1 : 0) + (amount ? 1 : 0) > 1;
        }

        boolean isPercent() {
            return !weight && !amount;
        }
    }

    private Forms forms(List<Outline> queues, Outline parent) {
        boolean percent = false;
        boolean weight = false;
        boolean amount = false;
        for (Outline queue : queues) {
            for (String label : shares.labels(parent)) {
                Written guaranteed = shares.of(queue, label).guaranteed();
                percent |= guaranteed.percent() > 0;
                weight |= guaranteed.isWeight();
                amount |= guaranteed.isAmount();
            }
        }
        return new Forms(percent, weight, amount);
    }

    private void checkChildren(Outline parent) {
        String key = QueueKey.QUEUES.of(parent.path());
        Forms children = forms(parent.children(), parent);
        if (children.isMixed()) {
            properties
                    .findings()
                    .fault(
                            key,
                            "names queues whose capacities are written in different ways: " + written(parent),
                            "write percentages for all of them, or weights, or amounts; or set "
                                    + ClusterKey.LEGACY_QUEUE_MODE.key() + " to false");
            return;
        }
        Forms own = forms(List.of(parent), parent);
        if (children.amount() != own.amount() && !parent.isRoot()) {
            properties
                    .findings()
                    .fault(
                            key,
                            "names queues whose capacities are " + (children.amount() ? "" : "no ")
                                    + "amounts, but that of " + parent.path() + (own.amount() ? " is one" : " is none"),
                            "write amounts for a queue and all below it, or for none of them");
            return;
        }
        for (String label : new TreeSet<>(shares.labels(parent))) {
            if (children.amount()) {
                checkSum(parent, label);
            } else if (children.isPercent()) {
                checkPercentages(parent, label, own.isPercent());
            }
        }
    }

    private String written(Outline parent) {
        StringBuilder text = new StringBuilder();
        for (Outline child : parent.children()) {
            for (String label : new TreeSet<>(shares.labels(parent))) {
                String key = QueueKey.CAPACITY.of(child.path(), label);
                String value = properties.text(key);
                if (value != null) {
                    text.append(text.isEmpty() ? "" : ", ")
                            .append(key)
                            .append(" is ")
                            .append(value);
                }
            }
        }
        return text.toString();
    }

    private void checkSum(Outline parent, String label) {
        Resource promised = Resource.NONE;
        long vcores = 0;
        for (Outline child : parent.children()) {
            Resource amount = shares.of(child, label).guaranteed().amount();
            promised = promised.plus(new Resource(amount.memoryMb(), 0, amount.further()));
            vcores += amount.vcores();
        }
        promised = promised.max(new Resource(0, (int) Math.min(Integer.MAX_VALUE, vcores)));
        Resource own = shares.of(parent, label).guaranteed().amount();
        if (!own.equals(Resource.NONE) && isMore(promised, own)) {
            properties
                    .findings()
                    .fault(
                            QueueKey.CAPACITY.of(parent.path(), label),
                            "is " + own + ", less than its children are promised, which is " + promised,
                            "raise it, or promise them less");
        }
    }

    private void checkPercentages(Outline parent, String label, boolean parentHasPercentage) {
        double sum = 0;
        for (Outline child : parent.children()) {
            sum += shares.of(child, label).guaranteed().percent();
        }
        double own = shares.of(parent, label).guaranteed().percent();
        boolean allowed = properties.bool(QueueKey.ALLOW_ZERO_SUM.of(parent.path()), false);
        boolean whole = Math.abs(CapacityText.WHOLE - sum) <= TOLERANCE;
        String of = label.isEmpty() ? "" : " of the nodes with the label " + label;
        String key = QueueKey.QUEUES.of(parent.path());
        if (!whole && sum > TOLERANCE) {
            properties
                    .findings()
                    .fault(
                            key,
                            "names queues whose capacities" + of + " add up to " + Properties.plain(sum)
                                    + ", which is neither 100 nor 0",
                            "correct " + keys(parent, label));
        } else if (!whole && parentHasPercentage && own > TOLERANCE && !allowed) {
            properties
                    .findings()
                    .fault(
                            key,
                            "names queues whose capacities" + of + " add up to 0, while " + parent.path() + " has "
                                    + Properties.plain(own),
                            "correct " + keys(parent, label) + ", or set " + QueueKey.ALLOW_ZERO_SUM.of(parent.path())
                                    + " to true");
        } else if (whole && parentHasPercentage && own <= 0 && !allowed) {
            properties
                    .findings()
                    .fault(
                            key,
                            "names queues whose capacities" + of + " add up to 100, while " + parent.path()
                                    + " has nothing",
                            "give it something by " + QueueKey.CAPACITY.of(parent.path(), label) + ", or set "
                                    + QueueKey.ALLOW_ZERO_SUM.of(parent.path()) + " to true");
        }
    }

    private static String keys(Outline parent, String label) {
        StringBuilder keys = new StringBuilder();
        for (Outline child : parent.children()) {
            keys.append(keys.isEmpty() ? "" : ", ").append(QueueKey.CAPACITY.of(child.path(), label));
        }
        return keys.toString();
    }
}
