package dev.heddle.rm.scheduler.queue;

import dev.heddle.common.resources.Resource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One queue as it is configured, with what it inherits filled in.
 *
 * @param path from the root, such as {@code root.a.b}
 * @param running whether it takes applications; a stopped one finishes those that it has
 * @param priority among its siblings, higher numbers first; only where their parent orders them by it
 * @param partitions its capacities by node label, {@code ""} being the nodes without; those labels that it may use
 * @param defaultLabel what applications in it ask for that name no label, or {@code ""}
 * @param maximumAllocation the largest container
 * @param children none in a leaf
 */
public record QueueSpec(
        String path,
        boolean running,
        int priority,
        Map<String, Partition> partitions,
        String defaultLabel,
        UserShares users,
        ApplicationCaps applications,
        Resource maximumAllocation,
        Ordering ordering,
        Acls acls,
        Preemption preemption,
        List<QueueSpec> children) {
    /** The path of the root. */
    public static final String ROOT = "root";

    /** Among the labels of a queue: it may use the nodes with any label, but is promised and allowed nothing of them. */
    public static final String ANY_LABEL = "*";

    public QueueSpec {
        partitions = Map.copyOf(partitions);
        children = List.copyOf(children);
    }

    /** The last part of the path. */
    public String name() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    public boolean isLeaf() {
        return children.isEmpty();
    }

    /**
     * What a queue has of the nodes with one label.
     *
     * @param masterShare how much of what the queue has may be taken by application masters, from 0 to 1
     */
    public record Partition(Capacity guaranteed, Capacity maximum, double masterShare) {
        /** How much masters may take where nothing is said. */
        public static final double DEFAULT_MASTER_SHARE = 0.1;
    }

    /**
     * How the users of a leaf share it.
     *
     * @param minimumPercent what each is left with at least when many want something, from 0 to 100
     * @param factor of the queue's guaranteed capacity that one user may have at most; negative for no limit
     * @param weights of those who have another than 1
     */
    public record UserShares(double minimumPercent, double factor, Map<String, Double> weights) {
        /** One user may have what is guaranteed to the queue. */
        public static final UserShares DEFAULT = new UserShares(100, 1, Map.of());

        public UserShares {
            weights = Map.copyOf(weights);
        }

        public double weight(String user) {
            return weights.getOrDefault(user, 1.0);
        }
    }

    /**
     * How many applications there may be, and how long.
     *
     * @param maximum that are not over, or -1 for the queue's part of the cluster's maximum
     * @param parallel that run at the same time; the others wait
     * @param defaultLifetimeMs of those that name none, or 0 for ever
     * @param maximumLifetimeMs longer ones are cut to it, or 0 for none
     * @param defaultPriority of those that name none
     */
    public record ApplicationCaps(
            int maximum, int parallel, long defaultLifetimeMs, long maximumLifetimeMs, int defaultPriority) {
        /** No limit but the cluster's. */
        public static final ApplicationCaps DEFAULT = new ApplicationCaps(-1, Integer.MAX_VALUE, 0, 0, 0);

        /** The lifetime of an application that asks for this one; 0 stands for ever. */
        public long lifetimeMs(long askedMs) {
            long wantedMs = askedMs > 0 ? askedMs : defaultLifetimeMs;
            if (maximumLifetimeMs <= 0) {
                return wantedMs;
            }
            return wantedMs > 0 ? Math.min(wantedMs, maximumLifetimeMs) : maximumLifetimeMs;
        }
    }

    /** Who comes first, and where. */
    public record Ordering(Applications applications, Children children, Nodes nodes) {
        public static final Ordering DEFAULT = new Ordering(Applications.FIFO, Children.UTILIZATION, Nodes.SPREAD);

        /** The order of the applications in a leaf. Higher priority comes first in every one of them. */
        public enum Applications {
            /** Who was submitted first. */
            FIFO,
            /** Who has least. */
            FAIR,
            /** Who has least in proportion to what it wants (YARN's {@code enable-size-based-weight}). */
            FAIR_BY_SIZE,
            /** Who has the smallest part of whatever kind of resource he has most of (dominant resource fairness). */
            DOMINANT
        }

        /** The order of the queues below a parent. */
        public enum Children {
            /** Who uses the smallest part of what is guaranteed to it. */
            UTILIZATION,
            /** By priority among those within their guarantee, then among the others. */
            PRIORITY_UTILIZATION
        }

        /** Which of several nodes is taken. */
        public enum Nodes {
            /** One after the other. */
            SPREAD,
            /** The first in an order that stays the same, so that the last ones stay empty. */
            PACK
        }
    }

    /** Who may submit to a queue, and who may change what is in it, in the notation of {@code yarn.admin.acl}. */
    public record Acls(String submit, String administer) {
        public static final Acls EVERYBODY = new Acls("*", "*");
        public static final Acls NOBODY = new Acls(" ", " ");
    }

    /**
     * What may be taken from a queue's applications.
     *
     * @param byOtherQueues back to the queue's guarantee, when others want theirs
     * @param inside by others in the same leaf
     */
    public record Preemption(boolean byOtherQueues, boolean inside) {
        public static final Preemption ALLOWED = new Preemption(true, true);
    }

    /** The labels whose nodes it may use, {@code ""} among them, and {@link #ANY_LABEL} where it may use all. */
    public Set<String> labels() {
        return partitions.keySet();
    }

    /** What it has of the nodes with a label, or null where it may not use them. */
    public @Nullable Partition partition(String label) {
        Partition own = partitions.get(label);
        return own != null ? own : partitions.get(ANY_LABEL);
    }

    /** Whether it may use the nodes with a label, {@code ""} being those without. */
    public boolean mayUse(String label) {
        return partition(label) != null;
    }
}
