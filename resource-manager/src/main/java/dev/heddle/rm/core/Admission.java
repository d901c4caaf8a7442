package dev.heddle.rm.core;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.Retries;
import dev.heddle.rm.state.ClusterState;
import java.util.Set;

/** Whether a submission is accepted, and as what: within the limits, with defaults for what it leaves out. */
final class Admission {
    /** The path of the one leaf queue, the root above it, and the names under which the leaf may be asked for. */
    private static final String LEAF = "root.default";

    private static final String ROOT = "root";
    private static final Set<String> LEAF_NAMES = Set.of("default", LEAF);

    private final ClusterState state;
    private final ContainerSizes sizes;
    private final CorePolicy policy;

    Admission(ClusterState state, ContainerSizes sizes, CorePolicy policy) {
        this.state = state;
        this.sizes = sizes;
        this.policy = policy;
    }

    /**
     * What a submission is accepted as.
     *
     * @throws Refusal if it is not
     */
    ApplicationSpec admit(ApplicationId id, ApplicationSpec spec) {
        if (id.sequence() < 1
                || (id.clusterTimestamp() == state.clusterTimestamp() && id.sequence() > state.lastSequence())) {
            throw refused("Application id " + id + " was never given to anybody: ask for one with getNewApplication");
        }
        if (!LEAF_NAMES.contains(spec.queue())) {
            throw refused("Application " + id + " submitted by user " + spec.user() + " to "
                    + (spec.queue().equals(ROOT) ? "non-leaf queue: " : "unknown queue: ") + spec.queue() + " (known: "
                    + LEAF + ")");
        }
        checkLimit(id);
        Resource master = sizes.normalize(spec.masterResource());
        if (!spec.unmanaged()) {
            sizes.check(master, Refusal.Kind.INVALID_ASK);
        }
        Retries retries = spec.retries();
        return new ApplicationSpec(
                spec.name(),
                spec.type(),
                spec.user(),
                LEAF,
                priority(spec.priority()),
                spec.tags(),
                new Retries(
                        Math.min(retries.maxAttempts(), policy.maxAttempts()),
                        retries.validityIntervalMs(),
                        retries.keepContainers()),
                master,
                spec.unmanaged(),
                policy.limits().lifetimeMs(spec.lifetimeMs()),
                spec.acls(),
                spec.launchContext());
    }

    /** The text is that of YARN's capacity scheduler. */
    private void checkLimit(ApplicationId id) {
        int live = state.liveApplications();
        if (live >= policy.limits().live()) {
            throw refused("Queue " + LEAF + " already has " + live
                    + " applications, cannot accept submission of application: " + id);
        }
    }

    /** The priority that is given where this one is asked for. */
    int priority(int asked) {
        return Math.min(asked, state.maxPriority(policy.limits().maxPriority()));
    }

    /**
     * Checks that an application may be moved to a queue.
     *
     * @throws Refusal if there is no such queue, or it takes no applications
     */
    void checkTarget(String queue) {
        if (queue.equals(ROOT)) {
            throw new Refusal(Refusal.Kind.INVALID_REQUEST, "The specified Queue: " + queue + " is not a Leaf Queue.");
        }
        if (!LEAF_NAMES.contains(queue)) {
            throw new Refusal(Refusal.Kind.INVALID_REQUEST, "The specified Queue: " + queue + " doesn't exist");
        }
    }

    private static Refusal refused(String why) {
        return new Refusal(Refusal.Kind.INVALID_SUBMISSION, why);
    }
}
