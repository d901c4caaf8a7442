package dev.heddle.rm.core;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.Done;
import dev.heddle.rm.command.MasterCommand;
import dev.heddle.rm.command.MasterRegistered;
import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.command.Wishes;
import dev.heddle.rm.event.ApplicationEvent;
import dev.heddle.rm.event.AttemptEvent;
import dev.heddle.rm.model.ApplicationState;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.AttemptState;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ExitStatus;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.constraint.SchedulingAsk;
import dev.heddle.rm.scheduler.Limits;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.state.Application;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.Queue;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The conversation with application masters: they register, ask, release, finish. */
final class MasterControl implements MasterCommand.Handler {
    /** Hosts and racks on the blacklist of one attempt at most. */
    private static final int MAX_BLACKLIST = 100_000;

    private final Ledger ledger;
    private final ClusterState state;
    private final ContainerControl containers;
    private final ApplicationControl applications;
    private final ContainerSizes sizes;
    private final LabelAccess labels;
    private final ContainerUpdates updates;
    private final SchedulingRequests schedulingRequests;

    MasterControl(
            Ledger ledger,
            ContainerControl containers,
            ApplicationControl applications,
            ContainerSizes sizes,
            ContainerUpdates updates,
            SchedulingRequests schedulingRequests) {
        this.ledger = ledger;
        this.state = ledger.state();
        this.containers = containers;
        this.applications = applications;
        this.sizes = sizes;
        this.labels = new LabelAccess(state);
        this.updates = updates;
        this.schedulingRequests = schedulingRequests;
    }

    @Override
    public MasterRegistered registerMaster(MasterCommand.RegisterMaster command) {
        Application application = state.application(command.attempt().application());
        Attempt attempt = application == null ? null : application.currentAttempt();
        if (application == null || attempt == null || !attempt.id().equals(command.attempt())) {
            throw unknown(command.attempt());
        }
        boolean keeps = application.spec().keepContainers();
        switch (attempt.state()) {
            case ALLOCATED, LAUNCHED ->
                ledger.emit(new AttemptEvent.AttemptRegistered(
                        command.attempt(), command.host(), command.rpcPort(), command.trackingUrl(), ledger.nowMs()));
            case RUNNING -> {
                if (!application.spec().unmanaged() || !keeps) {
                    throw new Refusal(
                            Refusal.Kind.ALREADY_REGISTERED,
                            "Application Master is already registered : " + application.id());
                }
                ledger.emit(new AttemptEvent.AttemptReregistered(
                        command.attempt(), command.host(), command.rpcPort(), command.trackingUrl(), ledger.nowMs()));
            }
            case SCHEDULED, FINISHING, FINISHED, FAILED, KILLED -> throw unknown(command.attempt());
        }
        if (!command.constraints().isEmpty() && application.constraints().isEmpty()) {
            // As in YARN, the first word holds for all attempts.
            ledger.emit(new ApplicationEvent.ConstraintsGiven(application.id(), command.constraints()));
        }
        List<Allocation.Grant> containers = keeps ? known(attempt) : List.of();
        return new MasterRegistered(
                sizes.maximumCapability(application.queue()),
                application.spec().queue(),
                containers,
                giveTokens(attempt, containers));
    }

    /** What the attempt has and its master is not told of by a later reply. */
    private List<Allocation.Grant> known(Attempt attempt) {
        List<Allocation.Grant> known = new ArrayList<>();
        for (Container container : attempt.containers()) {
            switch (container.state()) {
                case ACQUIRED, RUNNING -> {
                    if (!container.isMaster()) {
                        known.add(grant(container));
                    }
                }
                case GRANTED, STOPPING, COMPLETED -> {
                    // To come, or about to end.
                }
            }
        }
        return known;
    }

    /** The nodes among those of the containers for which the master has no token that is good there. */
    private List<NodeId> giveTokens(Attempt attempt, List<Allocation.Grant> containers) {
        Set<NodeId> without = new LinkedHashSet<>();
        for (Allocation.Grant container : containers) {
            Node node = state.node(container.node());
            if (node != null && !attempt.hasTokenFor(node)) {
                without.add(container.node());
            }
        }
        if (without.isEmpty()) {
            return List.of();
        }
        List<NodeId> given = List.copyOf(without);
        ledger.emit(new AttemptEvent.NodeTokensGiven(attempt.id(), given));
        return given;
    }

    private static Refusal unknown(AttemptId attempt) {
        return new Refusal(Refusal.Kind.UNKNOWN_MASTER, "Application doesn't exist in cache " + attempt);
    }

    @Override
    public Allocation allocate(MasterCommand.Allocate command) {
        Attempt attempt = applications.current(command.attempt());
        checkRegistered(
                attempt,
                "AM is not registered for known application attempt: " + attempt.id()
                        + " or RM had restarted after AM registered.  AM should re-register.");
        if (attempt.lastReply() instanceof Allocation last && command.responseId() == next(attempt.responseId(), -1)) {
            return last;
        }
        if (command.responseId() != attempt.responseId()) {
            throw new Refusal(
                    Refusal.Kind.WRONG_RESPONSE_ID,
                    "Invalid responseId in AllocateRequest from application attempt: " + attempt.id()
                            + ", expect responseId to be " + attempt.responseId() + ", but get "
                            + command.responseId());
        }
        Wishes wishes = command.wishes();
        List<Ask> asks = normalize(attempt, wishes.asks());
        List<SchedulingAsk> schedulingAsks = schedulingRequests.accepted(attempt, asks, wishes.schedulingAsks());
        checkBlacklist(attempt, wishes.blacklist());
        checkReleases(attempt, wishes.releases());
        if (!attempt.unacknowledgedExits().isEmpty()) {
            containers.tellToForget(attempt.unacknowledgedExits());
            ledger.emit(new AttemptEvent.DeliveriesAcknowledged(attempt.id()));
        }
        if (!command.trackingUrl().isEmpty() && !command.trackingUrl().equals(attempt.trackingUrl())) {
            ledger.emit(new AttemptEvent.TrackingUrlChanged(attempt.id(), command.trackingUrl()));
        }
        List<Allocation.Refused> refused = updates.apply(attempt, wishes.updates());
        release(wishes.releases());
        if (!asks.isEmpty()) {
            ledger.emit(new AttemptEvent.AsksReplaced(attempt.id(), asks, ledger.nowMs()));
        }
        if (!schedulingAsks.isEmpty()) {
            ledger.emit(new AttemptEvent.SchedulingAsksReplaced(attempt.id(), schedulingAsks, ledger.nowMs()));
        }
        if (!wishes.blacklist().isEmpty()) {
            ledger.emit(new AttemptEvent.BlacklistChanged(
                    attempt.id(),
                    wishes.blacklist().additions(),
                    wishes.blacklist().removals()));
        }
        if (!wishes.releases().isEmpty() || !wishes.updates().isEmpty()) {
            // Whoever is ahead of it has what it gives back.
            containers.placeWaiting();
        }
        containers.place(attempt);
        List<Allocation.Rejected> rejected = schedulingRequests.settle(attempt, schedulingAsks);
        containers.placeWaiting();
        return answer(attempt, clamp(command.progress()), refused, rejected);
    }

    private void release(List<ContainerId> releases) {
        for (ContainerId id : releases) {
            Container container = state.container(id);
            if (container != null) {
                containers.stop(container, ExitStatus.ABORTED, "Container released by application");
            }
        }
    }

    /** What is no progress is none, and what is beyond the end is the end, as YARN has it. */
    private static float clamp(float progress) {
        return Float.isNaN(progress) ? 0 : Math.max(0, Math.min(1, progress));
    }

    private Allocation answer(
            Attempt attempt, float progress, List<Allocation.Refused> refused, List<Allocation.Rejected> rejected) {
        List<Allocation.Grant> grants = new ArrayList<>();
        attempt.undeliveredGrants().forEach(container -> grants.add(grant(container)));
        List<Allocation.Updated> updated = new ArrayList<>();
        List<Allocation.Grant> mentioned = new ArrayList<>(grants);
        attempt.undeliveredUpdates().forEach((id, kind) -> {
            Container container = state.container(id);
            if (container != null) {
                Allocation.Grant now = grant(container);
                updated.add(new Allocation.Updated(kind, now));
                mentioned.add(now);
            }
        });
        List<ContainerExit> exits = attempt.undeliveredExits();
        List<ContainerId> toLose = state.preemptions().untold(attempt.id());
        if (!grants.isEmpty() || !exits.isEmpty() || !updated.isEmpty() || !toLose.isEmpty()) {
            ledger.emit(new AttemptEvent.DeliveriesTaken(attempt.id(), ledger.nowMs()));
        }
        Allocation reply = new Allocation(
                next(attempt.responseId(), 1),
                grants,
                exits,
                giveTokens(attempt, mentioned),
                updated.isEmpty() && refused.isEmpty() && rejected.isEmpty()
                        ? Allocation.Verdicts.NONE
                        : new Allocation.Verdicts(updated, refused, rejected),
                state.nodeChangesSince(attempt.nodeChangesSeen()),
                new Allocation.Prospects(
                        Limits.headroom(state, attempt),
                        state.runningNodes(),
                        applications.application(attempt.id()).priority(),
                        new Allocation.Crowd(
                                state.wantedContainers(), state.total().vcores()),
                        losses(toLose)));
        ledger.emit(
                new AttemptEvent.AttemptAnswered(attempt.id(), reply.responseId(), progress, reply, ledger.nowMs()));
        return reply;
    }

    /** What they have together is counted in the smallest container, as in YARN. */
    private Allocation.Losses losses(List<ContainerId> toLose) {
        if (toLose.isEmpty()) {
            return Allocation.Losses.NONE;
        }
        Resource together = Resource.NONE;
        for (ContainerId id : toLose) {
            Container container = state.container(id);
            together = together.plus(container == null ? Resource.NONE : container.resource());
        }
        QueuePlan plan = state.queuePlan();
        Resource unit = plan.minimumAllocation();
        return new Allocation.Losses(
                toLose, unit, (int) Math.ceil(plan.measure().share(together, unit)));
    }

    private Allocation.Grant grant(Container container) {
        Node node = state.node(container.node());
        return new Allocation.Grant(
                container.id(),
                container.node(),
                node == null ? 0 : node.httpPort(),
                container.resource(),
                state.purpose(container),
                container.version(),
                container.grantedAtMs());
    }

    /** Response ids go round from the largest int to 0, as in YARN. */
    private static int next(int responseId, int step) {
        return (responseId + step) & Integer.MAX_VALUE;
    }

    /** Where containers outlive attempts, a master may give back what an attempt before it was granted. */
    private void checkReleases(Attempt attempt, List<ContainerId> releases) {
        boolean keeps = applications.application(attempt.id()).spec().keepContainers();
        for (ContainerId id : releases) {
            boolean own = keeps
                    ? id.attempt().application().equals(attempt.id().application())
                    : id.attempt().equals(attempt.id());
            if (!own) {
                throw new Refusal(
                        Refusal.Kind.INVALID_RELEASE,
                        "Cannot release container : " + id + " not belonging to this application attempt : "
                                + attempt.id());
            }
        }
    }

    private static void checkBlacklist(Attempt attempt, Wishes.BlacklistChange change) {
        if (change.additions().contains(Ask.ANYWHERE)) {
            throw new Refusal(
                    Refusal.Kind.INVALID_BLACKLIST,
                    "Cannot add " + Ask.ANYWHERE + " to the blacklist! Name hosts and racks");
        }
        if (attempt.blacklist().size() + change.additions().size() > MAX_BLACKLIST) {
            throw new Refusal(
                    Refusal.Kind.INVALID_BLACKLIST,
                    "Cannot add " + change.additions().size() + " places to a blacklist of "
                            + attempt.blacklist().size() + ": the most is " + MAX_BLACKLIST);
        }
    }

    private List<Ask> normalize(Attempt attempt, List<Ask> asks) {
        if (asks.isEmpty()) {
            return asks;
        }
        Queue queue = attempt.application().queue();
        List<Ask> normalized = new ArrayList<>(asks.size());
        for (Ask ask : asks) {
            if (ask.count() < 0) {
                throw new Refusal(
                        Refusal.Kind.INVALID_ASK,
                        "Invalid resource request, requested number of containers=" + ask.count()
                                + " is negative: ask for 0 to withdraw");
            }
            Resource size = ask.count() > 0
                    ? sizes.fitted(ask.capability(), queue, Refusal.Kind.INVALID_ASK)
                    : sizes.fitted(ask.capability(), queue);
            String label = ask.label().isEmpty()
                    ? attempt.application().spec().labels().containers()
                    : ask.label();
            labels.check(queue, label);
            normalized.add(new Ask(ask.key(), ask.place(), size, ask.count(), ask.relaxLocality(), label));
        }
        return normalized;
    }

    @Override
    public Done finishMaster(MasterCommand.FinishMaster command) {
        Application application = state.application(command.attempt().application());
        if (application != null && application.isOver()) {
            // A master that asks again, and one whose application was ended by others, has nothing left to say.
            return Done.DONE;
        }
        Attempt attempt = application == null ? null : application.currentAttempt();
        if (attempt == null || !attempt.id().equals(command.attempt()) || attempt.isOver()) {
            throw unknown(command.attempt());
        }
        checkRegistered(
                attempt,
                "Application Master is trying to unregister before registering for: "
                        + command.attempt().application());
        ledger.emit(new AttemptEvent.AttemptFinishing(
                attempt.id(), command.finalStatus(), command.diagnostics(), command.trackingUrl(), ledger.nowMs()));
        containers.stopAllButMaster(
                attempt,
                ExitStatus.KILLED_AFTER_APPLICATION_COMPLETION,
                "Container killed by the ApplicationMaster's end.");
        applications.endApplication(
                applications.application(attempt.id()),
                ApplicationState.FINISHED,
                command.finalStatus(),
                command.diagnostics());
        if (attempt.master() == null) {
            applications.over(attempt, AttemptState.FINISHED, ExitStatus.INVALID, "");
            applications.cleanNodes(applications.application(attempt.id()));
        }
        containers.placeWaiting();
        return Done.DONE;
    }

    private static void checkRegistered(Attempt attempt, String otherwise) {
        switch (attempt.state()) {
            case RUNNING -> {
                // As it should be.
            }
            case SCHEDULED, ALLOCATED, LAUNCHED -> throw new Refusal(Refusal.Kind.NOT_REGISTERED, otherwise);
            case FINISHING, FINISHED, FAILED, KILLED -> throw ApplicationControl.notFound(attempt.id());
        }
    }

    @Override
    public Done masterLaunched(MasterCommand.MasterLaunched command) {
        return applications.launched(command.attempt());
    }

    @Override
    public Done masterLaunchFailed(MasterCommand.MasterLaunchFailed command) {
        return applications.launchFailed(command.attempt(), command.reason());
    }
}
