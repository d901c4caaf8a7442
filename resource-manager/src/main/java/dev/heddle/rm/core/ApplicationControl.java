package dev.heddle.rm.core;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.Command;
import dev.heddle.rm.command.Done;
import dev.heddle.rm.command.Killed;
import dev.heddle.rm.command.MasterRegistered;
import dev.heddle.rm.command.NewApplication;
import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.event.Event;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.ApplicationState;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.AttemptState;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ExitStatus;
import dev.heddle.rm.model.FinalStatus;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.state.Application;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Node;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Applications, their attempts, and what masters ask. */
final class ApplicationControl {
    /** The path of the one queue, and the names under which it may be asked for. */
    private static final String QUEUE = "root.default";

    private static final Set<String> QUEUE_NAMES = Set.of("default", QUEUE);

    private static final AskKey MASTER_KEY = new AskKey(0, -1);

    private final Ledger ledger;
    private final ClusterState state;
    private final ContainerControl containers;
    private final CorePolicy policy;

    ApplicationControl(Ledger ledger, ContainerControl containers, CorePolicy policy) {
        this.ledger = ledger;
        this.state = ledger.state();
        this.containers = containers;
        this.policy = policy;
    }

    NewApplication takeId() {
        ApplicationId id = new ApplicationId(state.clusterTimestamp(), state.lastSequence() + 1);
        ledger.emit(new Event.ApplicationIdTaken(id));
        return new NewApplication(id, maximumCapability());
    }

    /** The configured maximum, or the largest node where that is smaller and there is one. */
    Resource maximumCapability() {
        Resource configured = policy.maximumAllocation();
        Resource largest = state.largestTotal();
        return state.runningNodes() == 0
                ? configured
                : new Resource(
                        Math.min(configured.memoryMb(), largest.memoryMb()),
                        Math.min(configured.vcores(), largest.vcores()));
    }

    Done submit(Command.SubmitApplication command) {
        if (state.application(command.application()) != null) {
            // A client that lost the first answer asks again; YARN accepts that, too.
            return Done.DONE;
        }
        ApplicationSpec spec = command.spec();
        if (!QUEUE_NAMES.contains(spec.queue())) {
            throw new Refusal(
                    Refusal.Kind.INVALID_SUBMISSION,
                    "Application " + command.application() + " submitted by user " + spec.user() + " to unknown queue: "
                            + spec.queue() + " (known: " + QUEUE + ")");
        }
        Resource master = policy.normalize(spec.masterResource());
        if (!spec.unmanaged()) {
            checkSize(master, Refusal.Kind.INVALID_SUBMISSION);
        }
        ApplicationSpec accepted = new ApplicationSpec(
                spec.name(),
                spec.type(),
                spec.user(),
                QUEUE,
                spec.priority(),
                spec.tags(),
                spec.unmanaged() ? 1 : Math.min(spec.maxAttempts(), policy.maxAttempts()),
                master,
                spec.unmanaged(),
                spec.launchContext());
        // The id may have come from a leader before this one: never give it to anybody else.
        ledger.emit(new Event.ApplicationIdTaken(command.application()));
        ledger.emit(new Event.ApplicationAccepted(command.application(), accepted, ledger.nowMs()));
        startAttempt(command.application(), accepted, 1);
        return Done.DONE;
    }

    private void checkSize(Resource asked, Refusal.Kind kind) {
        Resource maximum = maximumCapability();
        if (!asked.fitsIn(maximum)) {
            String dimension = asked.memoryMb() > maximum.memoryMb() ? "memory-mb" : "vcores";
            throw new Refusal(
                    kind,
                    "Invalid resource request! Cannot allocate containers as requested resource is greater than maximum"
                            + " allowed allocation. Requested resource type=[" + dimension + "], Requested resource=<"
                            + asked + ">, maximum allowed allocation=<" + maximum + ">: ask for less, or raise"
                            + " yarn.scheduler.maximum-allocation-mb and -vcores if the nodes are larger");
        }
    }

    private void startAttempt(ApplicationId application, ApplicationSpec spec, int number) {
        AttemptId id = new AttemptId(application, number);
        ledger.emit(new Event.AttemptStarted(id, ledger.nowMs()));
        if (spec.unmanaged()) {
            ledger.emit(new Event.AttemptLaunched(id, ledger.nowMs()));
            return;
        }
        ledger.emit(
                new Event.AsksReplaced(id, List.of(new Ask(MASTER_KEY, Ask.ANYWHERE, spec.masterResource(), 1, true))));
        containers.place(current(id));
    }

    Done launched(AttemptId id) {
        Attempt attempt = state.attempt(id);
        if (attempt != null && attempt.state() == AttemptState.ALLOCATED) {
            ledger.emit(new Event.AttemptLaunched(id, ledger.nowMs()));
        }
        return Done.DONE;
    }

    Done launchFailed(AttemptId id, String reason) {
        Attempt attempt = state.attempt(id);
        if (attempt != null && attempt.state() == AttemptState.ALLOCATED) {
            fail(attempt, "Error launching " + id + ". Got exception: " + reason);
        }
        return Done.DONE;
    }

    MasterRegistered register(Command.RegisterMaster command) {
        Attempt attempt = current(command.attempt());
        switch (attempt.state()) {
            case ALLOCATED, LAUNCHED ->
                ledger.emit(new Event.AttemptRegistered(
                        command.attempt(), command.host(), command.rpcPort(), command.trackingUrl(), ledger.nowMs()));
            case RUNNING ->
                throw new Refusal(
                        Refusal.Kind.ALREADY_REGISTERED,
                        "Application Master is already registered : "
                                + command.attempt().application());
            case SCHEDULED, FINISHING, FINISHED, FAILED, KILLED -> throw notFound(command.attempt());
        }
        return new MasterRegistered(
                maximumCapability(), application(command.attempt()).spec().queue());
    }

    Allocation allocate(Command.Allocate command) {
        Attempt attempt = current(command.attempt());
        checkRegistered(attempt);
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
        checkReleases(command);
        List<Ask> asks = normalize(command.asks());
        for (ContainerId id : command.releases()) {
            Container container = state.container(id);
            if (container != null) {
                containers.stop(container, ExitStatus.ABORTED, "Container released by application");
            }
        }
        if (!asks.isEmpty()) {
            ledger.emit(new Event.AsksReplaced(attempt.id(), asks));
        }
        if (command.releases().isEmpty()) {
            containers.place(attempt);
        } else {
            containers.placeWaiting();
        }
        return answer(attempt, command.progress());
    }

    private Allocation answer(Attempt attempt, float progress) {
        List<Allocation.Grant> grants = new ArrayList<>();
        Set<NodeId> nodesWithoutToken = new LinkedHashSet<>();
        for (Container container : attempt.undeliveredGrants()) {
            Node node = state.node(container.node());
            grants.add(new Allocation.Grant(
                    container.id(),
                    container.node(),
                    node == null ? 0 : node.httpPort(),
                    container.resource(),
                    container.key(),
                    container.grantedAtMs()));
            if (!attempt.hasTokenFor(container.node())) {
                nodesWithoutToken.add(container.node());
            }
        }
        List<NodeId> tokensFor = List.copyOf(nodesWithoutToken);
        List<ContainerExit> exits = attempt.undeliveredExits();
        if (!grants.isEmpty() || !exits.isEmpty()) {
            ledger.emit(new Event.DeliveriesTaken(attempt.id(), tokensFor, ledger.nowMs()));
        }
        Allocation reply = new Allocation(
                next(attempt.responseId(), 1),
                grants,
                exits,
                tokensFor,
                state.total().minusOrZero(state.used()),
                state.runningNodes());
        ledger.emit(new Event.AttemptAnswered(attempt.id(), reply.responseId(), progress, reply, ledger.nowMs()));
        return reply;
    }

    /** Response ids go round from the largest int to 0, as in YARN. */
    private static int next(int responseId, int step) {
        return (responseId + step) & Integer.MAX_VALUE;
    }

    private static void checkReleases(Command.Allocate command) {
        for (ContainerId id : command.releases()) {
            if (!id.attempt().application().equals(command.attempt().application())) {
                throw new Refusal(
                        Refusal.Kind.INVALID_RELEASE,
                        "Cannot release container : " + id + " not belonging to this application attempt : "
                                + command.attempt());
            }
        }
    }

    private List<Ask> normalize(List<Ask> asks) {
        List<Ask> normalized = new ArrayList<>(asks.size());
        for (Ask ask : asks) {
            if (ask.count() < 0) {
                throw new Refusal(
                        Refusal.Kind.INVALID_ASK,
                        "Invalid resource request, requested number of containers=" + ask.count()
                                + " is negative: ask for 0 to withdraw");
            }
            Resource size = policy.normalize(ask.capability());
            if (ask.count() > 0) {
                checkSize(size, Refusal.Kind.INVALID_ASK);
            }
            normalized.add(new Ask(ask.key(), ask.place(), size, ask.count(), ask.relaxLocality()));
        }
        return normalized;
    }

    Done finish(Command.FinishMaster command) {
        Attempt attempt = state.attempt(command.attempt());
        if (attempt != null
                && (attempt.state() == AttemptState.FINISHING || attempt.state() == AttemptState.FINISHED)) {
            return Done.DONE;
        }
        attempt = current(command.attempt());
        checkRegistered(attempt);
        ledger.emit(new Event.AttemptFinishing(
                attempt.id(), command.finalStatus(), command.diagnostics(), command.trackingUrl(), ledger.nowMs()));
        containers.stopAllButMaster(
                attempt,
                ExitStatus.KILLED_AFTER_APPLICATION_COMPLETION,
                "Container killed by the ApplicationMaster's end.");
        endApplication(
                application(attempt.id()), ApplicationState.FINISHED, command.finalStatus(), command.diagnostics());
        if (attempt.master() == null) {
            over(attempt, AttemptState.FINISHED, "");
        }
        containers.placeWaiting();
        return Done.DONE;
    }

    private static void checkRegistered(Attempt attempt) {
        switch (attempt.state()) {
            case RUNNING -> {
                // As it should be.
            }
            case SCHEDULED, ALLOCATED, LAUNCHED ->
                throw new Refusal(
                        Refusal.Kind.NOT_REGISTERED,
                        "Application Master is not registered for known application: "
                                + attempt.id().application() + ". Let AM resync.");
            case FINISHING, FINISHED, FAILED, KILLED -> throw notFound(attempt.id());
        }
    }

    Killed kill(Command.KillApplication command) {
        Application application = state.application(command.application());
        if (application == null) {
            throw new Refusal(
                    Refusal.Kind.APPLICATION_NOT_FOUND,
                    "Trying to kill an absent application " + command.application());
        }
        if (!application.isOver()) {
            Attempt attempt = application.currentAttempt();
            if (attempt != null) {
                over(attempt, AttemptState.KILLED, command.diagnostics());
            }
            endApplication(application, ApplicationState.KILLED, FinalStatus.KILLED, command.diagnostics());
            cleanNodes(application);
            containers.placeWaiting();
        }
        return new Killed(true);
    }

    /** The process of a master has ended: well, if it had said so before. */
    void masterEnded(Attempt attempt, ContainerExit exit) {
        switch (attempt.state()) {
            case FINISHING -> {
                over(attempt, AttemptState.FINISHED, "");
                cleanNodes(application(attempt.id()));
            }
            case SCHEDULED, ALLOCATED, LAUNCHED, RUNNING ->
                fail(
                        attempt,
                        "AM Container for " + attempt.id() + " exited with  exitCode: " + exit.status()
                                + "\nFailing this attempt.Diagnostics: " + exit.diagnostics());
            case FINISHED, FAILED, KILLED -> {
                // The attempt's end brought the process to its own.
            }
        }
    }

    /** Ends an attempt that failed, and starts the next one if there may be one. */
    void fail(Attempt attempt, String diagnostics) {
        Application application = application(attempt.id());
        over(attempt, AttemptState.FAILED, diagnostics);
        int attempts = application.attempts().size();
        if (attempts < application.spec().maxAttempts()) {
            startAttempt(application.id(), application.spec(), attempts + 1);
            return;
        }
        endApplication(
                application,
                ApplicationState.FAILED,
                FinalStatus.FAILED,
                "Application " + application.id() + " failed " + attempts + (attempts == 1 ? " time" : " times")
                        + " due to " + diagnostics + "\nFailing the application.");
        cleanNodes(application);
    }

    /** An attempt is over: whatever it still holds is stopped. */
    private void over(Attempt attempt, AttemptState end, String diagnostics) {
        ledger.emit(new Event.AttemptEnded(attempt.id(), end, diagnostics, ledger.nowMs()));
        for (Container container : List.copyOf(attempt.containers())) {
            containers.stop(
                    container,
                    ExitStatus.KILLED_BY_RESOURCE_MANAGER,
                    "Container killed by the ResourceManager: its application attempt is over.");
        }
    }

    private void endApplication(
            Application application, ApplicationState end, FinalStatus finalStatus, String diagnostics) {
        ledger.emit(new Event.ApplicationEnded(application.id(), end, finalStatus, diagnostics, ledger.nowMs()));
        for (ApplicationId oldest : List.copyOf(state.endedApplications())) {
            if (state.endedApplications().size() <= policy.history().completedApplications()) {
                break;
            }
            forget(oldest);
        }
    }

    /** One whose containers are not all gone stays until the next application ends. */
    private void forget(ApplicationId id) {
        Application application = state.application(id);
        boolean settled = application == null
                || application.attempts().stream()
                        .allMatch(attempt ->
                                attempt.isOver() && attempt.containers().isEmpty());
        if (settled) {
            ledger.emit(new Event.ApplicationForgotten(id));
        }
    }

    private void cleanNodes(Application application) {
        for (NodeId node : application.nodes()) {
            containers.tellApplicationEnded(node, application.id());
        }
    }

    /** Masters that have been silent for too long have failed; one that said it was done is ended. */
    void expireMasters() {
        for (Application application : List.copyOf(state.applications())) {
            Attempt attempt = application.currentAttempt();
            if (attempt == null
                    || ledger.nowMs() - attempt.lastHeardMs() < policy.expiry().masterMs()) {
                continue;
            }
            switch (attempt.state()) {
                case LAUNCHED, RUNNING -> fail(attempt, "ApplicationMaster for attempt " + attempt.id() + " timed out");
                case FINISHING -> {
                    over(attempt, AttemptState.FINISHED, "");
                    cleanNodes(application);
                }
                case SCHEDULED, ALLOCATED, FINISHED, FAILED, KILLED -> {
                    // Nothing is heard of these.
                }
            }
        }
    }

    private Application application(AttemptId attempt) {
        Application application = state.application(attempt.application());
        if (application == null) {
            throw notFound(attempt);
        }
        return application;
    }

    /** The attempt, if it is its application's latest. */
    private Attempt current(AttemptId id) {
        Attempt attempt = application(id).currentAttempt();
        if (attempt == null || !attempt.id().equals(id)) {
            throw notFound(id);
        }
        return attempt;
    }

    private static Refusal notFound(AttemptId attempt) {
        return new Refusal(
                Refusal.Kind.ATTEMPT_NOT_FOUND,
                "Application attempt " + attempt + " doesn't exist in ApplicationMasterService cache.");
    }
}
