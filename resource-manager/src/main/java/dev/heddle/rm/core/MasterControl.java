package dev.heddle.rm.core;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.Done;
import dev.heddle.rm.command.MasterCommand;
import dev.heddle.rm.command.MasterRegistered;
import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.event.AttemptEvent;
import dev.heddle.rm.model.ApplicationState;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AttemptState;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ExitStatus;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Node;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The conversation with application masters: they register, ask, release, finish. */
final class MasterControl implements MasterCommand.Handler {
    private final Ledger ledger;
    private final ClusterState state;
    private final ContainerControl containers;
    private final ApplicationControl applications;
    private final ContainerSizes sizes;

    MasterControl(Ledger ledger, ContainerControl containers, ApplicationControl applications, ContainerSizes sizes) {
        this.ledger = ledger;
        this.state = ledger.state();
        this.containers = containers;
        this.applications = applications;
        this.sizes = sizes;
    }

    @Override
    public MasterRegistered registerMaster(MasterCommand.RegisterMaster command) {
        Attempt attempt = applications.current(command.attempt());
        switch (attempt.state()) {
            case ALLOCATED, LAUNCHED ->
                ledger.emit(new AttemptEvent.AttemptRegistered(
                        command.attempt(), command.host(), command.rpcPort(), command.trackingUrl(), ledger.nowMs()));
            case RUNNING ->
                throw new Refusal(
                        Refusal.Kind.ALREADY_REGISTERED,
                        "Application Master is already registered : "
                                + command.attempt().application());
            case SCHEDULED, FINISHING, FINISHED, FAILED, KILLED -> throw ApplicationControl.notFound(command.attempt());
        }
        return new MasterRegistered(
                sizes.maximumCapability(),
                applications.application(command.attempt()).spec().queue());
    }

    @Override
    public Allocation allocate(MasterCommand.Allocate command) {
        Attempt attempt = applications.current(command.attempt());
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
            ledger.emit(new AttemptEvent.AsksReplaced(attempt.id(), asks));
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
            ledger.emit(new AttemptEvent.DeliveriesTaken(attempt.id(), tokensFor, ledger.nowMs()));
        }
        Allocation reply = new Allocation(
                next(attempt.responseId(), 1),
                grants,
                exits,
                tokensFor,
                state.total().minusOrZero(state.used()),
                state.runningNodes());
        ledger.emit(
                new AttemptEvent.AttemptAnswered(attempt.id(), reply.responseId(), progress, reply, ledger.nowMs()));
        return reply;
    }

    /** Response ids go round from the largest int to 0, as in YARN. */
    private static int next(int responseId, int step) {
        return (responseId + step) & Integer.MAX_VALUE;
    }

    private static void checkReleases(MasterCommand.Allocate command) {
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
            Resource size = sizes.normalize(ask.capability());
            if (ask.count() > 0) {
                sizes.check(size, Refusal.Kind.INVALID_ASK);
            }
            normalized.add(new Ask(ask.key(), ask.place(), size, ask.count(), ask.relaxLocality()));
        }
        return normalized;
    }

    @Override
    public Done finishMaster(MasterCommand.FinishMaster command) {
        Attempt attempt = state.attempt(command.attempt());
        if (attempt != null
                && (attempt.state() == AttemptState.FINISHING || attempt.state() == AttemptState.FINISHED)) {
            return Done.DONE;
        }
        attempt = applications.current(command.attempt());
        checkRegistered(attempt);
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
