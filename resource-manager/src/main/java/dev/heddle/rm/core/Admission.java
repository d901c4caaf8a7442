package dev.heddle.rm.core;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.Retries;
import dev.heddle.rm.scheduler.queue.Bounds;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Partition;
import dev.heddle.rm.state.Queue;
import dev.heddle.rm.state.QueueShare;

/** Whether a submission is accepted, and as what: within the limits, with defaults for what it leaves out. */
final class Admission {
    private final ClusterState state;
    private final ContainerSizes sizes;
    private final LabelAccess labels;
    private final CorePolicy policy;

    Admission(ClusterState state, ContainerSizes sizes, CorePolicy policy) {
        this.state = state;
        this.sizes = sizes;
        this.labels = new LabelAccess(state);
        this.policy = policy;
    }

    /**
     * What a submission is accepted as. The texts are those of YARN's capacity scheduler.
     *
     * @throws Refusal if it is not
     */
    ApplicationSpec admit(ApplicationId id, ApplicationSpec spec) {
        if (id.sequence() < 1
                || (id.clusterTimestamp() == state.clusterTimestamp() && id.sequence() > state.lastSequence())) {
            throw refused("Application id " + id + " was never given to anybody: ask for one with getNewApplication");
        }
        Queue queue = leaf(id, spec);
        checkLimits(id, queue, spec.user());
        Retries retries = spec.retries();
        QueueSpec.ApplicationCaps caps = queue.spec().applications();
        String label = spec.labels().containers().isEmpty()
                ? queue.spec().defaultLabel()
                : spec.labels().containers();
        ApplicationSpec.Labels wanted = new ApplicationSpec.Labels(
                label, spec.labels().master().isEmpty() ? label : spec.labels().master());
        return new ApplicationSpec(
                spec.name(),
                spec.type(),
                spec.user(),
                queue.path(),
                priority(spec.hasPriority() ? spec.priority() : caps.defaultPriority()),
                spec.tags(),
                new Retries(
                        Math.min(retries.maxAttempts(), policy.maxAttempts()),
                        retries.validityIntervalMs(),
                        retries.keepContainers()),
                spec.unmanaged() ? Resource.NONE : master(spec, queue, wanted.master()),
                wanted,
                spec.unmanaged(),
                caps.lifetimeMs(spec.lifetimeMs()),
                spec.acls(),
                spec.launchContext());
    }

    /** The size of the container for a master that the cluster starts. */
    private Resource master(ApplicationSpec spec, Queue queue, String label) {
        labels.check(queue, label);
        return sizes.fitted(spec.masterResource(), queue, Refusal.Kind.INVALID_ASK);
    }

    private Queue leaf(ApplicationId id, ApplicationSpec spec) {
        QueuePlan plan = state.queuePlan();
        QueueSpec found = plan.queue(spec.queue());
        if (found == null || !found.isLeaf()) {
            throw refused("Application " + id + " submitted by user " + spec.user() + " to "
                    + (found == null ? "unknown queue: " : "non-leaf queue: ") + spec.queue());
        }
        Queue queue = state.knownQueue(found.path());
        if (!found.running()) {
            throw refused("Queue " + found.path() + " is STOPPED. Cannot accept submission of application: " + id);
        }
        return queue;
    }

    private void checkLimits(ApplicationId id, Queue queue, String user) {
        if (state.liveApplications() >= state.queuePlan().maximumApplications()) {
            throw refused("Maximum system application limit reached,cannot accept submission of application: " + id);
        }
        int maximum = maximumApplications(queue);
        if (queue.applications() >= maximum) {
            throw refused("Queue " + queue.path() + " already has " + queue.applications()
                    + " applications, cannot accept submission of application: " + id);
        }
        QueueSpec.UserShares users = queue.spec().users();
        int ofUser = users.factor() < 0
                ? maximum
                : (int) Math.min(maximum, maximum * users.minimumPercent() / 100 * users.factor());
        if (queue.applications(user) >= ofUser) {
            throw refused("Queue " + queue.path() + " already has " + queue.applications(user)
                    + " applications from user " + user + " cannot accept submission of application: " + id);
        }
    }

    /** As configured, or the queue's part of what the cluster may have. */
    private int maximumApplications(Queue queue) {
        int configured = queue.spec().applications().maximum();
        int ofCluster = state.queuePlan().maximumApplications();
        if (configured >= 0) {
            return configured;
        }
        double part = 0;
        boolean known = false;
        for (QueueShare share : queue.shares()) {
            Bounds bounds = share.bounds();
            part = Math.max(part, bounds.absolute());
            known |= !share.partition().total().equals(Resource.NONE)
                    || (share.partition().label().equals(Partition.UNLABELLED) && bounds.absolute() > 0);
        }
        // An amount is no part of anything before the first node has come.
        return known ? (int) (ofCluster * part) : ofCluster;
    }

    /** The priority that is given where this one is asked for. */
    int priority(int asked) {
        return Math.min(asked, state.maxPriority(policy.maxPriority()));
    }

    /**
     * The leaf that an application may be moved to.
     *
     * @throws Refusal if there is no such queue, or it takes no applications
     */
    Queue target(ApplicationId id, String name, String user) {
        QueueSpec found = state.queuePlan().queue(name);
        if (found == null) {
            throw new Refusal(Refusal.Kind.INVALID_REQUEST, "The specified Queue: " + name + " doesn't exist");
        }
        if (!found.isLeaf()) {
            throw new Refusal(Refusal.Kind.INVALID_REQUEST, "The specified Queue: " + name + " is not a Leaf Queue.");
        }
        Queue queue = state.knownQueue(found.path());
        if (!found.running()) {
            throw new Refusal(
                    Refusal.Kind.INVALID_REQUEST,
                    "Queue " + found.path() + " is STOPPED. Cannot accept submission of application: " + id);
        }
        try {
            checkLimits(id, queue, user);
        } catch (Refusal refusal) {
            throw new Refusal(Refusal.Kind.INVALID_REQUEST, String.valueOf(refusal.getMessage()));
        }
        return queue;
    }

    private static Refusal refused(String why) {
        return new Refusal(Refusal.Kind.INVALID_SUBMISSION, why);
    }
}
