package dev.heddle.rm.scheduler.queue.config;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Queues with everything that they have and inherit, from the root down. */
final class SpecReader {
    private static final String EVERYBODY = "*";
    private static final String NOBODY = " ";
    private static final double WHOLE = 100;

    private static final String POLICIES = "org.apache.hadoop.yarn.server.resourcemanager.scheduler.policy.";

    private final Properties properties;
    private final Shares shares;
    private final QueuePlanReader.Cluster cluster;
    private final @Nullable Set<String> labels;

    SpecReader(Properties properties, Shares shares, QueuePlanReader.Cluster cluster) {
        this.properties = properties;
        this.shares = shares;
        this.cluster = cluster;
        this.labels = cluster.labels();
    }

    /** What a queue leaves to those below it. */
    private record Inherited(
            boolean running,
            Labels labels,
            Resource maximumAllocation,
            Lifetimes lifetimes,
            QueueSpec.Ordering ordering,
            Protection protection,
            UserWeights weights) {}

    /** What may not be taken from a queue. */
    private record Protection(boolean fromOthers, boolean inside) {}

    QueueSpec read(Outline root) {
        return read(root, null);
    }

    private QueueSpec read(Outline queue, @Nullable Inherited parents) {
        String path = queue.path();
        Inherited own = new Inherited(
                running(path, parents),
                parents == null
                        ? Labels.ofRoot(properties, labels)
                        : parents.labels().of(path, properties, labels),
                LargestContainer.read(
                        path,
                        parents == null ? cluster.maximumAllocation() : parents.maximumAllocation(),
                        cluster,
                        properties),
                Lifetimes.read(path, parents == null ? null : parents.lifetimes(), properties),
                ordering(queue, parents == null ? QueueSpec.Ordering.DEFAULT : parents.ordering()),
                protection(path, parents),
                (parents == null ? UserWeights.NONE : parents.weights()).and(path, properties));
        List<QueueSpec> children =
                queue.children().stream().map(child -> read(child, own)).toList();
        return new QueueSpec(
                path,
                own.running(),
                properties.integer(QueueKey.PRIORITY.of(path), 0),
                own.labels().partitions(queue, shares, properties, labels),
                own.labels().byDefault(),
                users(queue, own.weights()),
                applications(path, own.lifetimes()),
                own.maximumAllocation(),
                own.ordering(),
                acls(queue),
                preemption(own.protection()),
                children);
    }

    private boolean running(String path, @Nullable Inherited parents) {
        String key = QueueKey.STATE.of(path);
        String text = properties.text(key);
        boolean byDefault = parents == null || parents.running();
        if (text == null) {
            return byDefault;
        }
        switch (text.toUpperCase(Locale.ROOT)) {
            case "RUNNING" -> {
                if (!byDefault) {
                    properties
                            .findings()
                            .fault(
                                    key,
                                    "is RUNNING, but its parent is STOPPED",
                                    "stop it as well, or let the parent run: remove the key or "
                                            + QueueKey.STATE.of(path.substring(0, path.lastIndexOf('.'))));
                }
                return true;
            }
            case "STOPPED" -> {
                return false;
            }
            default -> {
                properties.unreadable(key, text, "state: RUNNING or STOPPED");
                return byDefault;
            }
        }
    }

    private QueueSpec.Ordering ordering(Outline queue, QueueSpec.Ordering parents) {
        String key = QueueKey.ORDERING.of(queue.path());
        String text = properties.text(key);
        return new QueueSpec.Ordering(
                queue.isLeaf() ? applications(queue.path(), key, text) : QueueSpec.Ordering.DEFAULT.applications(),
                queue.isLeaf() || text == null ? parents.children() : children(key, text),
                nodes(queue.path(), parents.nodes()));
    }

    private QueueSpec.Ordering.Applications applications(String path, String key, @Nullable String text) {
        QueueSpec.Ordering.Applications byPolicy = policy(path, key, text);
        String own = QueueKey.APPLICATION_ORDER.of(path);
        String order = properties.text(own);
        return switch (order == null ? "policy" : order) {
            case "policy" -> byPolicy;
            case "dominant" -> QueueSpec.Ordering.Applications.DOMINANT;
            default -> {
                properties.unreadable(own, String.valueOf(order), "order of applications: policy or dominant");
                yield byPolicy;
            }
        };
    }

    private QueueSpec.Ordering.Applications policy(String path, String key, @Nullable String text) {
        String policy = text == null ? "fifo" : text.startsWith(POLICIES) ? text.substring(POLICIES.length()) : text;
        switch (policy) {
            case "fifo", "FifoOrderingPolicy", "fifo-for-pending-apps", "FifoOrderingPolicyForPendingApps" -> {
                return QueueSpec.Ordering.Applications.FIFO;
            }
            case "fifo-with-partitions", "FifoOrderingPolicyWithExclusivePartitions" -> {
                properties.findings().warn(key, "is " + text, "it is as fifo");
                return QueueSpec.Ordering.Applications.FIFO;
            }
            case "fair", "FairOrderingPolicy" -> {
                return properties.bool(QueueKey.ORDERING_BY_SIZE.of(path), false)
                        ? QueueSpec.Ordering.Applications.FAIR_BY_SIZE
                        : QueueSpec.Ordering.Applications.FAIR;
            }
            default -> {
                properties.unreadable(
                        key,
                        policy,
                        "order of applications: fifo, fair, fifo-with-partitions or fifo-for-pending-apps");
                return QueueSpec.Ordering.Applications.FIFO;
            }
        }
    }

    private QueueSpec.Ordering.Children children(String key, String text) {
        return switch (text) {
            case "utilization" -> QueueSpec.Ordering.Children.UTILIZATION;
            case "priority-utilization" -> QueueSpec.Ordering.Children.PRIORITY_UTILIZATION;
            default -> {
                properties.unreadable(key, text, "order of queues: utilization or priority-utilization");
                yield QueueSpec.Ordering.Children.UTILIZATION;
            }
        };
    }

    private QueueSpec.Ordering.Nodes nodes(String path, QueueSpec.Ordering.Nodes parents) {
        String key = QueueKey.NODE_ORDER.of(path);
        String text = properties.text(key);
        if (text == null) {
            return parents;
        }
        return switch (text) {
            case "spread" -> QueueSpec.Ordering.Nodes.SPREAD;
            case "pack" -> QueueSpec.Ordering.Nodes.PACK;
            default -> {
                properties.unreadable(key, text, "order of nodes: spread or pack");
                yield parents;
            }
        };
    }

    private Protection protection(String path, @Nullable Inherited parents) {
        return new Protection(
                properties.bool(
                        QueueKey.NO_PREEMPTION.of(path),
                        parents != null && parents.protection().fromOthers()),
                properties.bool(
                        QueueKey.NO_PREEMPTION_INSIDE.of(path),
                        parents != null && parents.protection().inside()));
    }

    /** Without the monitor nothing is taken from anybody; a queue that others may not touch is not touched inside either. */
    private QueueSpec.Preemption preemption(Protection protection) {
        boolean byOthers = PreemptionReader.isOn(properties) && !protection.fromOthers();
        boolean inside = properties.bool(ClusterKey.PREEMPTION_INSIDE.key(), false) && !protection.inside();
        return new QueueSpec.Preemption(byOthers, byOthers && inside);
    }

    private QueueSpec.UserShares users(Outline queue, UserWeights weights) {
        if (!queue.isLeaf()) {
            return QueueSpec.UserShares.DEFAULT;
        }
        String path = queue.path();
        double minimumPercent = properties.number(
                QueueKey.MINIMUM_USER_LIMIT.of(path),
                properties.number(ClusterKey.MINIMUM_USER_LIMIT.key(), WHOLE, 0),
                0);
        double factor = properties.number(
                QueueKey.USER_LIMIT_FACTOR.of(path),
                properties.number(ClusterKey.USER_LIMIT_FACTOR.key(), 1, Double.NEGATIVE_INFINITY),
                Double.NEGATIVE_INFINITY);
        double cut = Math.min(WHOLE, minimumPercent);
        Map<String, Double> checked = weights.checked(path, cut, properties);
        return new QueueSpec.UserShares(cut, factor, checked);
    }

    private QueueSpec.ApplicationCaps applications(String path, Lifetimes lifetimes) {
        int ofQueue = properties.integer(QueueKey.MAXIMUM_APPLICATIONS.of(path), -1);
        int ofEach = properties.integer(ClusterKey.QUEUE_MAXIMUM_APPLICATIONS.key(), -1);
        int maximum = ofQueue >= 0 ? ofQueue : ofEach > 0 ? ofEach : -1;
        int parallel = properties.integer(
                QueueKey.PARALLEL_APPLICATIONS.of(path),
                properties.integer(ClusterKey.PARALLEL_APPLICATIONS.key(), Integer.MAX_VALUE, 0),
                0);
        return new QueueSpec.ApplicationCaps(
                maximum,
                parallel,
                lifetimes.byDefaultMs(),
                lifetimes.maximumMs(),
                properties.integer(QueueKey.DEFAULT_PRIORITY.of(path), 0));
    }

    /** As they are written: who may do something above may do it below as well, which is for those to know who ask. */
    private QueueSpec.Acls acls(Outline queue) {
        String unset = queue.isRoot() ? EVERYBODY : NOBODY;
        String submit = properties.raw(QueueKey.SUBMITTERS.of(queue.path()));
        String administer = properties.raw(QueueKey.ADMINISTRATORS.of(queue.path()));
        return new QueueSpec.Acls(submit == null ? unset : submit, administer == null ? unset : administer);
    }
}
