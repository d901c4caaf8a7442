package dev.heddle.rm.scheduler.queue.config;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKinds;
import dev.heddle.rm.scheduler.queue.Measure;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a plan of queues from properties with the keys and meanings of YARN's capacity scheduler. Every fault is found, not
 * only the first. Where the properties name no queues there is one, {@code root.default}, that may have everything.
 */
public final class QueuePlanReader {
    private static final int DEFAULT_APPLICATIONS = 10_000;
    private static final int DEFAULT_LOCALITY_WAIT_MS = 3_000;
    private static final int DEFAULT_NODE_DELAY = 40;
    private static final String ONLY_QUEUE = "default";

    private QueuePlanReader() {}

    /**
     * What the plan has to fit.
     *
     * @param minimumAllocation the smallest container of the cluster
     * @param maximumAllocation the largest
     * @param kinds of resources that are declared
     * @param labels of the cluster's nodes; null where they are not known yet, so that any may come
     */
    public record Cluster(
            Resource minimumAllocation, Resource maximumAllocation, ResourceKinds kinds, @Nullable Set<String> labels) {
        /** With memory and cores alone. */
        public Cluster(Resource minimumAllocation, Resource maximumAllocation, @Nullable Set<String> labels) {
            this(minimumAllocation, maximumAllocation, ResourceKinds.NONE, labels);
        }

        /** The same, once the labels of its nodes are known. */
        public Cluster with(Set<String> known) {
            return new Cluster(minimumAllocation, maximumAllocation, kinds, known);
        }
    }

    /**
     * Reads the plan.
     *
     * @param all properties; those that are none of the scheduler's are left alone
     */
    public static QueuePlanReading read(Map<String, String> all, Cluster cluster) {
        Findings findings = new Findings();
        Properties properties = new Properties(withQueues(all), findings);
        Outline outline = Outline.read(properties);
        boolean legacy = properties.bool(ClusterKey.LEGACY_QUEUE_MODE.key(), true);
        Measure measure = measure(properties);
        Shares shares = Shares.read(outline, properties, legacy, cluster.kinds());
        new CapacityRules(shares, properties, measure, legacy).check(outline);
        QueueSpec root = new SpecReader(properties, shares, cluster).read(outline);
        QueuePlan plan = new QueuePlan(
                root,
                measure,
                cluster.minimumAllocation(),
                properties.integer(ClusterKey.MAXIMUM_APPLICATIONS.key(), DEFAULT_APPLICATIONS, 0),
                users(properties),
                locality(properties),
                PreemptionReader.read(properties));
        StrayKeys.tell(outline, properties);
        PreemptionReader.tell(properties);
        if (measure == Measure.MEMORY && !cluster.kinds().isEmpty()) {
            findings.warn(
                    ClusterKey.RESOURCE_CALCULATOR.key(),
                    "counts memory alone, though " + LargestContainer.KINDS + " declares "
                            + cluster.kinds().further(),
                    "containers get what they ask for, but queues and users have no limits of those kinds: set it to"
                            + " org.apache.hadoop.yarn.util.resource.DominantResourceCalculator");
        }
        return findings.faults().isEmpty()
                ? new QueuePlanReading.Usable(plan, findings.warnings())
                : new QueuePlanReading.Faulty(findings.faults(), findings.warnings());
    }

    /** As the file that comes with YARN says. */
    private static Map<String, String> withQueues(Map<String, String> all) {
        String queues = QueueKey.QUEUES.of(QueueSpec.ROOT);
        if (all.containsKey(queues)) {
            return all;
        }
        Map<String, String> with = new HashMap<>(all);
        with.put(queues, ONLY_QUEUE);
        with.putIfAbsent(QueueKey.CAPACITY.of(QueueSpec.ROOT + "." + ONLY_QUEUE), "100");
        return with;
    }

    private static Measure measure(Properties properties) {
        String key = ClusterKey.RESOURCE_CALCULATOR.key();
        String text = properties.text(key);
        if (text == null) {
            return Measure.MEMORY;
        }
        return switch (text) {
            case "org.apache.hadoop.yarn.util.resource.DefaultResourceCalculator" -> Measure.MEMORY;
            case "org.apache.hadoop.yarn.util.resource.DominantResourceCalculator" -> Measure.DOMINANT;
            default -> {
                properties.unreadable(
                        key,
                        text,
                        "resource calculator: org.apache.hadoop.yarn.util.resource.DefaultResourceCalculator or"
                                + " DominantResourceCalculator of the same package");
                yield Measure.MEMORY;
            }
        };
    }

    private static QueuePlan.UserParallel users(Properties properties) {
        Map<String, Integer> exceptions = new HashMap<>();
        for (String key : properties.all().keySet()) {
            String user = user(key);
            if (!user.isEmpty()) {
                exceptions.put(user, properties.integer(key, Integer.MAX_VALUE, 0));
            }
        }
        return new QueuePlan.UserParallel(
                properties.integer(ClusterKey.USER_PARALLEL_APPLICATIONS.key(), Integer.MAX_VALUE, 0), exceptions);
    }

    /** The user whose parallel applications a key limits, or "". */
    private static String user(String key) {
        int end = key.length() - ClusterKey.OF_USER.length();
        boolean isOne =
                key.startsWith(ClusterKey.USER) && key.endsWith(ClusterKey.OF_USER) && end > ClusterKey.USER.length();
        return isOne ? key.substring(ClusterKey.USER.length(), end) : "";
    }

    private static QueuePlan.Locality locality(Properties properties) {
        return new QueuePlan.Locality(
                Math.max(-1, properties.integer(ClusterKey.NODE_LOCALITY_DELAY.key(), DEFAULT_NODE_DELAY)),
                Math.max(-1, properties.integer(ClusterKey.RACK_LOCALITY_DELAY.key(), -1)),
                Math.max(-1, properties.integer(ClusterKey.LOCALITY_WAIT.key(), DEFAULT_LOCALITY_WAIT_MS)));
    }
}
