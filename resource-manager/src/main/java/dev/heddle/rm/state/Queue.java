package dev.heddle.rm.state;

import dev.heddle.rm.scheduler.queue.QueueSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A queue and what goes on in it. Changed by {@link ClusterState} alone. */
public final class Queue {
    private final QueueSpec spec;
    private final @Nullable Queue parent;
    private final int position;
    final List<Queue> children = new ArrayList<>();
    final Map<String, QueueShare> shares = new LinkedHashMap<>();
    private final Map<String, UserApplications> users = new HashMap<>();

    /** Attempts that may not begin yet, in turn; of a leaf. */
    final TreeMap<Turn, Attempt> held = new TreeMap<>();

    int applications;
    int active;

    Queue(QueueSpec spec, @Nullable Queue parent, int position) {
        this.spec = spec;
        this.parent = parent;
        this.position = position;
    }

    /** How many applications of a user there are in a leaf. */
    private static final class UserApplications {
        private int live;
        private int active;
    }

    public QueueSpec spec() {
        return spec;
    }

    public String path() {
        return spec.path();
    }

    public @Nullable Queue parent() {
        return parent;
    }

    /** Among all queues, in the order of the configuration. */
    int position() {
        return position;
    }

    public List<Queue> children() {
        return Collections.unmodifiableList(children);
    }

    /** What it has of each partition in which it has something or somebody has asked for something. */
    public Collection<QueueShare> shares() {
        return Collections.unmodifiableCollection(shares.values());
    }

    /** What it has of a partition, or null where it has nothing there and nobody has asked. */
    public @Nullable QueueShare share(String label) {
        return shares.get(label);
    }

    /** Applications that are not over, in it and below. */
    public int applications() {
        return applications;
    }

    /** Those among them that have begun, or may. */
    public int activeApplications() {
        return active;
    }

    /** Attempts that may not begin yet, in turn. */
    public Collection<Attempt> held() {
        return Collections.unmodifiableCollection(held.values());
    }

    /** A user's applications in this leaf that are not over. */
    public int applications(String user) {
        UserApplications ofUser = users.get(user);
        return ofUser == null ? 0 : ofUser.live;
    }

    /** Those of a user that have begun, or may. */
    public int activeApplications(String user) {
        UserApplications ofUser = users.get(user);
        return ofUser == null ? 0 : ofUser.active;
    }

    void countLive(String user, int change) {
        ofUser(user).live += change;
        forgetIdle(user);
        for (Queue queue = this; queue != null; queue = queue.parent) {
            queue.applications += change;
        }
    }

    void countActive(String user, int change) {
        ofUser(user).active += change;
        forgetIdle(user);
        for (Queue queue = this; queue != null; queue = queue.parent) {
            queue.active += change;
        }
    }

    private UserApplications ofUser(String user) {
        return users.computeIfAbsent(user, name -> new UserApplications());
    }

    private void forgetIdle(String user) {
        UserApplications ofUser = ofUser(user);
        if (ofUser.live == 0 && ofUser.active == 0) {
            users.remove(user);
        }
    }

    @Override
    public String toString() {
        return path();
    }
}
