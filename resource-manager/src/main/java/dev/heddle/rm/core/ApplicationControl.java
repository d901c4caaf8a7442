package dev.heddle.rm.core;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.ApplicationCommand;
import dev.heddle.rm.command.Done;
import dev.heddle.rm.command.Killed;
import dev.heddle.rm.command.NewApplication;
import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.event.ApplicationEvent;
import dev.heddle.rm.event.AttemptEvent;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.ApplicationState;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.AttemptState;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ExitStatus;
import dev.heddle.rm.model.FinalStatus;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.state.Application;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Container;
import java.util.List;
import java.util.Set;

/** Applications and their attempts, from submission to end. */
final class ApplicationControl implements ApplicationCommand.Handler {
    /** The path of the one queue, and the names under which it may be asked for. */
    private static final String QUEUE = "root.default";

    private static final Set<String> QUEUE_NAMES = Set.of("default", QUEUE);

    private static final AskKey MASTER_KEY = new AskKey(0, -1);

    private final Ledger ledger;
    private final ClusterState state;
    private final ContainerControl containers;
    private final CorePolicy policy;
    private final ContainerSizes sizes;

    ApplicationControl(Ledger ledger, ContainerControl containers, ContainerSizes sizes, CorePolicy policy) {
        this.ledger = ledger;
        this.state = ledger.state();
        this.containers = containers;
        this.sizes = sizes;
        this.policy = policy;
    }

    @Override
    public NewApplication takeApplicationId(ApplicationCommand.TakeApplicationId command) {
        ApplicationId id = new ApplicationId(state.clusterTimestamp(), state.lastSequence() + 1);
        ledger.emit(new ApplicationEvent.ApplicationIdTaken(id));
        return new NewApplication(id, sizes.maximumCapability());
    }

    @Override
    public Done submitApplication(ApplicationCommand.SubmitApplication command) {
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
        Resource master = sizes.normalize(spec.masterResource());
        if (!spec.unmanaged()) {
            sizes.check(master, Refusal.Kind.INVALID_SUBMISSION);
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
                spec.keepContainers(),
                spec.launchContext());
        // The id may have come from a leader before this one: never give it to anybody else.
        ledger.emit(new ApplicationEvent.ApplicationIdTaken(command.application()));
        ledger.emit(new ApplicationEvent.ApplicationAccepted(command.application(), accepted, ledger.nowMs()));
        startAttempt(command.application(), accepted, 1, Legacy.NONE);
        return Done.DONE;
    }

    private void startAttempt(ApplicationId application, ApplicationSpec spec, int number, Legacy legacy) {
        AttemptId id = new AttemptId(application, number);
        ledger.emit(new AttemptEvent.AttemptStarted(id, ledger.nowMs()));
        if (!legacy.isEmpty()) {
            AttemptId before = new AttemptId(application, number - 1);
            ledger.emit(new AttemptEvent.ContainersPassedOn(before, id, legacy.containers(), legacy.exits()));
        }
        if (spec.unmanaged()) {
            ledger.emit(new AttemptEvent.AttemptLaunched(id, ledger.nowMs()));
            return;
        }
        ledger.emit(new AttemptEvent.AsksReplaced(
                id, List.of(new Ask(MASTER_KEY, Ask.ANYWHERE, spec.masterResource(), 1, true))));
        containers.place(current(id));
    }

    Done launched(AttemptId id) {
        Attempt attempt = state.attempt(id);
        if (attempt != null && attempt.state() == AttemptState.ALLOCATED) {
            ledger.emit(new AttemptEvent.AttemptLaunched(id, ledger.nowMs()));
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

    @Override
    public Killed killApplication(ApplicationCommand.KillApplication command) {
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
        int attempts = application.attempts().size();
        boolean again = attempts < application.spec().maxAttempts();
        Legacy legacy = again && application.spec().keepContainers() ? Legacy.of(attempt) : Legacy.NONE;
        over(attempt, AttemptState.FAILED, diagnostics, legacy);
        if (again) {
            startAttempt(application.id(), application.spec(), attempts + 1, legacy);
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
    void over(Attempt attempt, AttemptState end, String diagnostics) {
        over(attempt, end, diagnostics, Legacy.NONE);
    }

    private void over(Attempt attempt, AttemptState end, String diagnostics, Legacy legacy) {
        ledger.emit(new AttemptEvent.AttemptEnded(attempt.id(), end, diagnostics, ledger.nowMs()));
        for (Container container : List.copyOf(attempt.containers())) {
            if (!legacy.containers().contains(container.id())) {
                containers.stop(
                        container,
                        ExitStatus.KILLED_BY_RESOURCE_MANAGER,
                        "Container killed by the ResourceManager: its application attempt is over.");
            }
        }
    }

    void endApplication(Application application, ApplicationState end, FinalStatus finalStatus, String diagnostics) {
        ledger.emit(
                new ApplicationEvent.ApplicationEnded(application.id(), end, finalStatus, diagnostics, ledger.nowMs()));
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
            ledger.emit(new ApplicationEvent.ApplicationForgotten(id));
        }
    }

    void cleanNodes(Application application) {
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

    Application application(AttemptId attempt) {
        Application application = state.application(attempt.application());
        if (application == null) {
            throw notFound(attempt);
        }
        return application;
    }

    /** The attempt, if it is its application's latest. */
    Attempt current(AttemptId id) {
        Attempt attempt = application(id).currentAttempt();
        if (attempt == null || !attempt.id().equals(id)) {
            throw notFound(id);
        }
        return attempt;
    }

    static Refusal notFound(AttemptId attempt) {
        return new Refusal(
                Refusal.Kind.ATTEMPT_NOT_FOUND,
                "Application attempt " + attempt + " doesn't exist in ApplicationMasterService cache.");
    }
}
