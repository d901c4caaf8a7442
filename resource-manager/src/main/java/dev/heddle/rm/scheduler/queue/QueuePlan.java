package dev.heddle.rm.scheduler.queue;

import dev.heddle.common.resources.Resource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole tree of queues, as one consistent configuration that replaces another one as a whole.
 *
 * @param measure by which amounts are compared
 * @param minimumAllocation the smallest container, in multiples of which limits are counted
 * @param maximumApplications that are not over, in the whole cluster
 */
public record QueuePlan(
        QueueSpec root,
        Measure measure,
        Resource minimumAllocation,
        int maximumApplications,
        UserParallel userParallel,
        Locality locality,
        PreemptionRules preemption) {

    /**
     * How many applications of one user may run at the same time, in all queues together; the others wait.
     *
     * @param exceptions for users who have another limit
     */
    public record UserParallel(int everybody, Map<String, Integer> exceptions) {
        public static final UserParallel UNLIMITED = new UserParallel(Integer.MAX_VALUE, Map.of());

        public UserParallel {
            exceptions = Map.copyOf(exceptions);
        }

        public int limit(String user) {
            return exceptions.getOrDefault(user, everybody);
        }
    }

    /**
     * How long an ask waits for the places that it names.
     *
     * @param nodeDelay missed opportunities until a rack will do, or -1 for no wait
     * @param rackAdditionalDelay further ones until any node will do, or -1 for as many as there are containers asked for,
     *     in proportion to the nodes of the cluster
     * @param waitMs after how long a rack will do whatever was missed, and after twice as long any node; -1 for never
     */
    public record Locality(int nodeDelay, int rackAdditionalDelay, long waitMs) {
        /** No wait at all. */
        public static final Locality NONE = new Locality(-1, 0, -1);
    }

    /**
     * The cluster with one queue, {@code root.default}, that may have everything.
     *
     * @param masterShare how much of it application masters may take, from 0 to 1
     */
    public static QueuePlan single(
            Measure measure,
            Resource minimumAllocation,
            Resource maximumAllocation,
            int maximumApplications,
            QueueSpec.ApplicationCaps caps,
            double masterShare) {
        QueueSpec leaf = new QueueSpec(
                QueueSpec.ROOT + ".default",
                true,
                0,
                Map.of("", new QueueSpec.Partition(Capacity.ALL, Capacity.ALL, masterShare)),
                "",
                QueueSpec.UserShares.DEFAULT,
                caps,
                maximumAllocation,
                QueueSpec.Ordering.DEFAULT,
                QueueSpec.Acls.EVERYBODY,
                QueueSpec.Preemption.ALLOWED,
                List.of());
        QueueSpec root = new QueueSpec(
                QueueSpec.ROOT,
                true,
                0,
                leaf.partitions(),
                "",
                leaf.users(),
                leaf.applications(),
                maximumAllocation,
                leaf.ordering(),
                leaf.acls(),
                leaf.preemption(),
                List.of(leaf));
        return new QueuePlan(
                root,
                measure,
                minimumAllocation,
                maximumApplications,
                UserParallel.UNLIMITED,
                Locality.NONE,
                PreemptionRules.OFF);
    }

    /** Every queue by its path. */
    public Map<String, QueueSpec> byPath() {
        Map<String, QueueSpec> byPath = new HashMap<>();
        collect(root, byPath);
        return byPath;
    }

    private static void collect(QueueSpec queue, Map<String, QueueSpec> byPath) {
        byPath.put(queue.path(), queue);
        queue.children().forEach(child -> collect(child, byPath));
    }

    /**
     * The leaf that somebody means by a name: a whole path, or the last part of one where no other queue has the same.
     *
     * @return null where there is none, or the name is ambiguous, or it is a parent's
     */
    public @Nullable QueueSpec leaf(String name) {
        QueueSpec found = find(root, name);
        return found != null && found.isLeaf() ? found : null;
    }

    /** As {@link #leaf}, also a parent. */
    public @Nullable QueueSpec queue(String name) {
        return find(root, name);
    }

    private static @Nullable QueueSpec find(QueueSpec root, String name) {
        Map<String, QueueSpec> found = new HashMap<>();
        collectNamed(root, name, found);
        QueueSpec exact = found.get(name);
        if (exact != null) {
            return exact;
        }
        return found.size() == 1 ? found.values().iterator().next() : null;
    }

    private static void collectNamed(QueueSpec queue, String name, Map<String, QueueSpec> found) {
        if (queue.path().equals(name) || queue.name().equals(name)) {
            found.put(queue.path(), queue);
        }
        queue.children().forEach(child -> collectNamed(child, name, found));
    }
}
