package dev.heddle.rm.core;

import dev.heddle.rm.command.ApplicationCommand;
import dev.heddle.rm.command.Done;
import dev.heddle.rm.command.Killed;
import dev.heddle.rm.command.NewApplication;
import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.event.ApplicationEvent;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.ContainerToSignal;
import dev.heddle.rm.model.ExitStatus;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import dev.heddle.rm.state.Application;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Queue;

/** What users want of applications. Who may want it is decided before it comes here. */
final class ApplicationRequests implements ApplicationCommand.Handler {
    private final Ledger ledger;
    private final ClusterState state;
    private final ApplicationControl applications;
    private final ContainerControl containers;
    private final ContainerSizes sizes;
    private final Admission admission;

    ApplicationRequests(
            Ledger ledger,
            ApplicationControl applications,
            ContainerControl containers,
            ContainerSizes sizes,
            CorePolicy policy) {
        this.ledger = ledger;
        this.state = ledger.state();
        this.applications = applications;
        this.containers = containers;
        this.sizes = sizes;
        this.admission = new Admission(state, sizes, policy);
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
        ApplicationSpec accepted = admission.admit(command.application(), command.spec());
        ledger.emit(new ApplicationEvent.ApplicationAccepted(command.application(), accepted, ledger.nowMs()));
        applications.startAttempt(command.application(), accepted, 1);
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
            applications.kill(application, command.diagnostics());
            containers.placeWaiting();
        }
        return new Killed(true);
    }

    @Override
    public Done failAttempt(ApplicationCommand.FailAttempt command) {
        Application application = known(command.attempt().application());
        Attempt attempt = state.attempt(command.attempt());
        if (attempt == null) {
            throw new Refusal(
                    Refusal.Kind.ATTEMPT_NOT_FOUND,
                    "ApplicationAttempt with id '" + command.attempt() + "' doesn't exist in RM.");
        }
        if (application.isOver() || attempt.isOver()) {
            return Done.DONE;
        }
        applications.fail(attempt, ExitStatus.INVALID, "Attempt failed by user.");
        containers.placeWaiting();
        return Done.DONE;
    }

    @Override
    public Done signalContainer(ApplicationCommand.SignalContainer command) {
        Container container = state.container(command.container());
        if (container == null) {
            throw new Refusal(
                    Refusal.Kind.INVALID_REQUEST, "Trying to signal an absent container " + command.container());
        }
        containers.tellToSignal(container.node(), new ContainerToSignal(container.id(), command.signal()));
        return Done.DONE;
    }

    @Override
    public Done moveApplication(ApplicationCommand.MoveApplication command) {
        Application application = known(command.application());
        if (application.isOver()) {
            throw new Refusal(
                    Refusal.Kind.INVALID_REQUEST, "App in " + application.state() + " state cannot be moved.");
        }
        String user = application.spec().user();
        QueueSpec named = state.queuePlan().queue(command.queue());
        if (named != null && named.path().equals(application.queue().path())) {
            return Done.DONE;
        }
        Queue target = admission.target(application.id(), command.queue(), user);
        ledger.emit(new ApplicationEvent.ApplicationMoved(application.id(), target.path()));
        containers.placeWaiting();
        return Done.DONE;
    }

    @Override
    public Integer changePriority(ApplicationCommand.ChangePriority command) {
        Application application = known(command.application());
        int priority = admission.priority(command.priority());
        if (!application.isOver() && priority != application.priority()) {
            ledger.emit(new ApplicationEvent.PriorityChanged(application.id(), priority));
        }
        return application.priority();
    }

    @Override
    public Long changeLifetime(ApplicationCommand.ChangeLifetime command) {
        Application application = known(command.application());
        if (application.isOver()) {
            return command.expiresAtMs();
        }
        long maxLifetimeMs = application.queue().spec().applications().maximumLifetimeMs();
        long expiresAtMs = maxLifetimeMs <= 0
                ? command.expiresAtMs()
                : Math.min(command.expiresAtMs(), application.submittedAtMs() + maxLifetimeMs);
        ledger.emit(new ApplicationEvent.LifetimeChanged(application.id(), expiresAtMs));
        return expiresAtMs;
    }

    private Application known(ApplicationId id) {
        Application application = state.application(id);
        if (application == null) {
            throw new Refusal(
                    Refusal.Kind.APPLICATION_NOT_FOUND,
                    "Application with id '" + id + "' doesn't exist in RM. Please check that the job submission was"
                            + " successful.");
        }
        return application;
    }
}
