package dev.heddle.rm.snapshot;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.scheduler.queue.Bounds;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import dev.heddle.rm.state.Queue;
import dev.heddle.rm.state.QueueShare;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A queue as readers see it. Immutable.
 *
 * @param applications that are not over, in it and below
 * @param active those among them that have begun, or may
 * @param shares what it has of each partition, by label, that of nodes without a label first
 */
public record QueueSnapshot(
        QueueSpec spec, @Nullable String parent, int applications, int active, Map<String, Share> shares) {
    public QueueSnapshot {
        shares = Map.copyOf(shares);
    }

    /**
     * What it has of a partition.
     *
     * @param total the capacity of the partition
     * @param users by name; of a leaf
     */
    public record Share(Resource total, Bounds bounds, Resource used, Resource masters, List<User> users) {
        private static final Share NOTHING =
                new Share(Resource.NONE, Bounds.NOTHING, Resource.NONE, Resource.NONE, List.of());

        public Share {
            users = List.copyOf(users);
        }

        /** The part of what is guaranteed that is used; may be more than 1. */
        public float usedPart() {
            return part(used, bounds.guaranteed());
        }

        private static float part(Resource amount, Resource whole) {
            return whole.memoryMb() == 0 ? 0 : (float) amount.memoryMb() / whole.memoryMb();
        }
    }

    /** What a user has in a leaf. */
    public record User(String name, Resource used, Resource masters, boolean active) {}

    static QueueSnapshot of(Queue queue) {
        Map<String, Share> shares = new TreeMap<>();
        for (QueueShare share : queue.shares()) {
            List<User> users = new ArrayList<>();
            share.users()
                    .forEach(user -> users.add(new User(user.user(), user.used(), user.masters(), user.isActive())));
            shares.put(
                    share.partition().label(),
                    new Share(share.partition().total(), share.bounds(), share.used(), share.masters(), users));
        }
        Queue parent = queue.parent();
        return new QueueSnapshot(
                queue.spec(),
                parent == null ? null : parent.path(),
                queue.applications(),
                queue.activeApplications(),
                shares);
    }

    public String path() {
        return spec.path();
    }

    /** What it has of the nodes with a label. */
    public Share share(String label) {
        return shares.getOrDefault(label, Share.NOTHING);
    }

    /** Whether it is stopped and still has applications: YARN's DRAINING. */
    public boolean isDraining() {
        return !spec.running() && applications > 0;
    }
}
