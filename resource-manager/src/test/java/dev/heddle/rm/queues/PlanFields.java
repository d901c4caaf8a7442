package dev.heddle.rm.queues;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.scheduler.queue.Capacity;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** The queues of a plan in the words in which Hadoop's are written down. */
final class PlanFields {
    private final Map<String, Map<String, String>> fields = new TreeMap<>();

    private PlanFields() {}

    static Map<String, Map<String, String>> of(QueuePlan plan) {
        PlanFields written = new PlanFields();
        Map<String, Double> whole = new HashMap<>();
        plan.root().labels().forEach(label -> whole.put(label, 1.0));
        written.add(plan.root(), whole, whole);
        return written.fields;
    }

    private void add(QueueSpec queue, Map<String, Double> guaranteed, Map<String, Double> ofParent) {
        Map<String, String> own = new TreeMap<>();
        own.put("state", queue.running() ? "RUNNING" : "STOPPED");
        TreeSet<String> accessible = new TreeSet<>(queue.labels());
        accessible.remove("");
        own.put("accessible", accessible.contains("*") ? "*" : String.join(",", accessible));
        own.put("defaultLabel", queue.defaultLabel());
        own.put("priority", String.valueOf(queue.priority()));
        own.put("parallel", String.valueOf(queue.applications().parallel()));
        own.put("maximumLifetime", seconds(queue.applications().maximumLifetimeMs()));
        own.put("defaultLifetime", seconds(queue.applications().defaultLifetimeMs()));
        own.put("maximumAllocation", amount(queue.maximumAllocation()));
        own.put("noPreemption", String.valueOf(!queue.preemption().byOtherQueues()));
        own.put("noPreemptionInside", String.valueOf(!queue.preemption().inside()));
        own.put("order", order(queue));
        if (queue.isLeaf()) {
            own.put("userLimit", number(queue.users().minimumPercent()));
            own.put("userLimitFactor", number(queue.users().factor()));
            own.put("defaultPriority", String.valueOf(queue.applications().defaultPriority()));
        }
        fields.put(queue.path(), own);
        Map<String, Double> maximum = new HashMap<>();
        queue.partitions().forEach((label, partition) -> {
            own.put("masters@" + label, number(partition.masterShare()));
            own.put("absolute@" + label, number(guaranteed.getOrDefault(label, 0.0)));
            double limit = partition.maximum() instanceof Capacity.Percent percent ? percent.value() / 100 : 1;
            maximum.put(label, ofParent.getOrDefault(label, 0.0) * limit);
            own.put("maximum@" + label, number(maximum.getOrDefault(label, 0.0)));
            boolean isAmount = partition.guaranteed() instanceof Capacity.Absolute;
            own.put("amount@" + label, isAmount ? amount(((Capacity.Absolute) partition.guaranteed()).value()) : "0/0");
        });
        for (QueueSpec child : queue.children()) {
            Map<String, Double> shares = new HashMap<>();
            child.partitions().forEach((label, partition) -> {
                double sum = queue.children().stream()
                        .mapToDouble(sibling -> weight(sibling, label))
                        .sum();
                double share = partition.guaranteed() instanceof Capacity.Percent percent
                        ? percent.value() / 100
                        : sum == 0 ? 0 : weight(child, label) / sum;
                shares.put(label, share * guaranteed.getOrDefault(label, 0.0));
            });
            add(child, shares, maximum);
        }
    }

    private static double weight(QueueSpec queue, String label) {
        QueueSpec.Partition partition = queue.partitions().get(label);
        return partition != null && partition.guaranteed() instanceof Capacity.Weight weight ? weight.value() : 0;
    }

    private static String order(QueueSpec queue) {
        if (!queue.isLeaf()) {
            return switch (queue.ordering().children()) {
                case UTILIZATION -> "utilization";
                case PRIORITY_UTILIZATION -> "priority-utilization";
            };
        }
        return switch (queue.ordering().applications()) {
            case FIFO -> "FifoOrderingPolicy";
            case FAIR, FAIR_BY_SIZE -> "FairOrderingPolicy";
            // No file that both read says so.
            case DOMINANT -> "dominant";
        };
    }

    private static String seconds(long ms) {
        return String.valueOf(TimeUnit.MILLISECONDS.toSeconds(ms));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static String amount(Resource resource) {
        return resource.memoryMb() + "/" + resource.vcores();
    }
}
