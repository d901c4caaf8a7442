package dev.heddle.rm.core;

import dev.heddle.rm.command.Done;
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
import dev.heddle.rm.model.EndedContainer;
import dev.heddle.rm.model.ExitStatus;
import dev.heddle.rm.model.FinalStatus;
import dev.heddle.rm.model.Retries;
import dev.heddle.rm.state.Application;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Node;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Applications and their attempts, from submission to end. */
final class ApplicationControl {

    /** Ends of a master's container that YARN does not count as failures of the attempt. */
    private static final Set<Integer> BLAMELESS = Set.of(
            ExitStatus.PREEMPTED, ExitStatus.ABORTED, ExitStatus.DISKS_FAILED, ExitStatus.KILLED_BY_RESOURCE_MANAGER);

    /** Ends of a master's container that YARN does not hold against its node. */
    private static final Set<Integer> NOT_THE_NODES = Set.of(
            ExitStatus.SUCCESS,
            ExitStatus.PREEMPTED,
            ExitStatus.ABORTED,
            ExitStatus.DISKS_FAILED,
            ExitStatus.KILLED_EXCEEDED_VIRTUAL_MEMORY,
            ExitStatus.KILLED_EXCEEDED_PHYSICAL_MEMORY,
            ExitStatus.KILLED_BY_MASTER,
            ExitStatus.KILLED_BY_RESOURCE_MANAGER,
            ExitStatus.KILLED_AFTER_APPLICATION_COMPLETION);

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

    void startAttempt(ApplicationId application, ApplicationSpec spec, int number) {
        startAttempt(application, spec, number, Legacy.NONE);
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
            containers.placeWaiting();
            return;
        }
        keepAway(id);
        ledger.emit(new AttemptEvent.AsksReplaced(
                id,
                List.of(new Ask(
                        MASTER_KEY,
                        Ask.ANYWHERE,
                        spec.masterResource(),
                        1,
                        true,
                        spec.labels().master())),
                ledger.nowMs()));
        containers.placeWaiting();
    }

    /** As YARN's {@code SimpleBlacklistManager}: where too much of the cluster would be left out, nothing is. */
    private void keepAway(AttemptId id) {
        Set<String> hosts = application(id).blamedHosts();
        if (!hosts.isEmpty() && hosts.size() < policy.avoidedShare() * state.runningNodes()) {
            ledger.emit(new AttemptEvent.MasterKeptAway(id, Collections.unmodifiableSortedSet(new TreeSet<>(hosts))));
        }
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
            fail(attempt, ExitStatus.INVALID, "Error launching " + id + ". Got exception: " + reason);
        }
        return Done.DONE;
    }

    /** Ends an application that somebody, or time, has killed. */
    void kill(Application application, String diagnostics) {
        Attempt attempt = application.currentAttempt();
        if (attempt != null && !attempt.isOver()) {
            over(attempt, AttemptState.KILLED, ExitStatus.INVALID, diagnostics);
        }
        endApplication(application, ApplicationState.KILLED, FinalStatus.KILLED, diagnostics);
        cleanNodes(application);
    }

    /** The process of a master has ended: well, if it had said so before. */
    void masterEnded(Attempt attempt, ContainerExit exit) {
        switch (attempt.state()) {
            case FINISHING -> {
                over(attempt, AttemptState.FINISHED, exit.status(), "");
                cleanNodes(application(attempt.id()));
            }
            case SCHEDULED, ALLOCATED, LAUNCHED, RUNNING -> {
                Container master = attempt.master();
                if (master != null && policy.avoidedShare() > 0 && !NOT_THE_NODES.contains(exit.status())) {
                    ledger.emit(new AttemptEvent.MasterHostBlamed(
                            attempt.id(), master.node().host()));
                }
                fail(
                        attempt,
                        exit.status(),
                        "AM Container for " + attempt.id() + " exited with  exitCode: " + exit.status()
                                + "\nFailing this attempt.Diagnostics: " + exit.diagnostics());
            }
            case FINISHED, FAILED, KILLED -> {
                // The attempt's end brought the process to its own.
            }
        }
    }

    /** Ends an attempt that failed, and starts the next one if there may be one. */
    void fail(Attempt attempt, int exitStatus, String diagnostics) {
        Application application = application(attempt.id());
        Legacy legacy = application.spec().keepContainers() ? Legacy.of(attempt) : Legacy.NONE;
        List<EndedContainer> owed = attempt.owedExits();
        ledger.emit(new AttemptEvent.AttemptEnded(
                attempt.id(), AttemptState.FAILED, exitStatus, diagnostics, ledger.nowMs()));
        boolean again = mayTryAgain(application);
        stopAll(attempt, again ? legacy : Legacy.NONE);
        if (!again || legacy.exits().isEmpty()) {
            containers.tellToForget(owed);
        }
        if (again) {
            startAttempt(application.id(), application.spec(), attempt.id().number() + 1, legacy);
            forgetOldAttempts(application);
            return;
        }
        endApplication(
                application,
                ApplicationState.FAILED,
                FinalStatus.FAILED,
                failureDiagnostics(application.id(), application.spec(), diagnostics));
        cleanNodes(application);
    }

    /** An application that allows one attempt may not bear a second one, whatever ended the first. */
    private boolean mayTryAgain(Application application) {
        ApplicationSpec spec = application.spec();
        if (spec.unmanaged() || spec.maxAttempts() == 1) {
            return false;
        }
        long counted = application.attempts().stream()
                .filter(attempt -> counts(attempt, spec.retries()))
                .count();
        return counted < spec.maxAttempts();
    }

    /** What the master cannot be blamed for does not count, nor what was long ago. */
    private boolean counts(Attempt attempt, Retries retries) {
        boolean longAgo = retries.validityIntervalMs() > 0
                && attempt.endedAtMs() > 0
                && attempt.endedAtMs() < ledger.nowMs() - retries.validityIntervalMs();
        return !longAgo && !BLAMELESS.contains(attempt.exitStatus());
    }

    private void forgetOldAttempts(Application application) {
        while (application.attempts().size() > policy.history().attempts()
                && application.attempts().get(0).containers().isEmpty()) {
            ledger.emit(new AttemptEvent.AttemptForgotten(
                    application.attempts().get(0).id()));
        }
    }

    private String failureDiagnostics(ApplicationId id, ApplicationSpec spec, String diagnostics) {
        if (spec.unmanaged()) {
            return "Unmanaged application " + id + " failed due to " + diagnostics + ". Failing the application.";
        }
        Retries retries = spec.retries();
        String interval = retries.validityIntervalMs() <= 0
                ? ""
                : " in previous " + retries.validityIntervalMs() + " milliseconds";
        String limits = retries.maxAttempts() == policy.maxAttempts()
                ? ""
                : " (global limit =" + policy.maxAttempts() + "; local limit is =" + retries.maxAttempts() + ")";
        return "Application " + id + " failed " + retries.maxAttempts() + " times" + interval + limits + " due to "
                + diagnostics + ". Failing the application.";
    }

    /** An attempt is over: whatever it still holds is stopped. */
    void over(Attempt attempt, AttemptState end, int exitStatus, String diagnostics) {
        containers.tellToForget(attempt.owedExits());
        ledger.emit(new AttemptEvent.AttemptEnded(attempt.id(), end, exitStatus, diagnostics, ledger.nowMs()));
        stopAll(attempt, Legacy.NONE);
    }

    private void stopAll(Attempt attempt, Legacy legacy) {
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
        for (Node node : state.nodesOf(application)) {
            containers.tellApplicationEnded(node.id(), application.id());
        }
    }

    /** Applications that have had their time are killed. */
    void expireApplications() {
        for (Application application : List.copyOf(state.unsettledApplications())) {
            if (!application.isOver()
                    && application.expiresAtMs() != 0
                    && ledger.nowMs() >= application.expiresAtMs()) {
                kill(application, "Application is killed by ResourceManager as it has exceeded the lifetime period.");
            }
        }
    }

    /** Masters that have been silent for too long have failed; one that said it was done is ended. */
    void expireMasters() {
        for (Application application : List.copyOf(state.unsettledApplications())) {
            Attempt attempt = application.currentAttempt();
            if (attempt == null
                    || ledger.nowMs() - attempt.lastHeardMs() < policy.expiry().masterMs()) {
                continue;
            }
            switch (attempt.state()) {
                case LAUNCHED, RUNNING ->
                    fail(attempt, ExitStatus.INVALID, "ApplicationMaster for attempt " + attempt.id() + " timed out");
                case FINISHING -> {
                    over(attempt, AttemptState.FINISHED, ExitStatus.INVALID, "");
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
