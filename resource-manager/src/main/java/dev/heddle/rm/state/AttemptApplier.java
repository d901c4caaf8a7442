package dev.heddle.rm.state;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.event.AttemptEvent;
import dev.heddle.rm.model.ApplicationState;
import dev.heddle.rm.model.AttemptState;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerState;
import dev.heddle.rm.model.NodeId;
import java.util.TreeSet;

/** Makes events of attempts true; decides nothing. An event about something unknown is a defect. */
final class AttemptApplier implements AttemptEvent.Visitor {
    private static final byte GIVEN = 0;

    private final ClusterState state;

    AttemptApplier(ClusterState state) {
        this.state = state;
    }

    @Override
    public void attemptStarted(AttemptEvent.AttemptStarted event) {
        Application application =
                ClusterState.known(state.application(event.attempt().application()), event.attempt());
        if (application.state != ApplicationState.ACCEPTED) {
            application.state = Lifecycles.APPLICATION.transition(application.state, ApplicationState.ACCEPTED);
        }
        Attempt attempt = new Attempt(event.attempt(), application, event.atMs());
        application.attempts.add(attempt);
        state.queues.hold(attempt);
    }

    @Override
    public void attemptActivated(AttemptEvent.AttemptActivated event) {
        state.queues.activate(state.knownAttempt(event.attempt()), event.master(), event.label());
    }

    @Override
    public void attemptLaunched(AttemptEvent.AttemptLaunched event) {
        Attempt attempt = state.knownAttempt(event.attempt());
        attempt.state = Lifecycles.ATTEMPT.transition(attempt.state, AttemptState.LAUNCHED);
        attempt.lastHeardMs = event.atMs();
        noteLaunch(ClusterState.known(state.application(event.attempt().application()), event.attempt()), event.atMs());
    }

    @Override
    public void attemptRegistered(AttemptEvent.AttemptRegistered event) {
        Attempt attempt = state.knownAttempt(event.attempt());
        attempt.state = Lifecycles.ATTEMPT.transition(attempt.state, AttemptState.RUNNING);
        attempt.host = event.host();
        attempt.rpcPort = event.rpcPort();
        attempt.trackingUrl = event.trackingUrl();
        attempt.lastHeardMs = event.atMs();
        Application application =
                ClusterState.known(state.application(event.attempt().application()), event.attempt());
        application.state = Lifecycles.APPLICATION.transition(application.state, ApplicationState.RUNNING);
        noteLaunch(application, event.atMs());
        attempt.nodeChangesSeen = state.nodes.changes.count();
    }

    @Override
    public void attemptReregistered(AttemptEvent.AttemptReregistered event) {
        Attempt attempt = state.knownAttempt(event.attempt());
        attempt.host = event.host();
        attempt.rpcPort = event.rpcPort();
        attempt.trackingUrl = event.trackingUrl();
        attempt.lastHeardMs = event.atMs();
        attempt.responseId = 0;
        attempt.lastReply = null;
        attempt.tokens.clear();
        attempt.exits.addAll(0, attempt.unacknowledgedExits);
        attempt.unacknowledgedExits.clear();
    }

    @Override
    public void trackingUrlChanged(AttemptEvent.TrackingUrlChanged event) {
        state.knownAttempt(event.attempt()).trackingUrl = event.trackingUrl();
    }

    @Override
    public void containersPassedOn(AttemptEvent.ContainersPassedOn event) {
        Attempt from = state.knownAttempt(event.from());
        Attempt to = state.knownAttempt(event.to());
        for (ContainerId id : event.containers()) {
            Container container = ClusterState.known(from.containers.remove(id), id);
            to.containers.put(id, container);
            from.used = from.used.minus(container.resource());
            to.used = to.used.plus(container.resource());
        }
        state.preemptions.passOn(event.containers(), from.id(), to.id());
        state.queues.rank(from);
        state.queues.rank(to);
        to.exits.addAll(event.exits());
        to.blacklist.addAll(from.blacklist);
    }

    @Override
    public void nodeTokensGiven(AttemptEvent.NodeTokensGiven event) {
        Attempt attempt = state.knownAttempt(event.attempt());
        for (NodeId id : event.nodes()) {
            attempt.tokens.put(ClusterState.known(state.node(id), id).registration, GIVEN);
        }
    }

    @Override
    public void blacklistChanged(AttemptEvent.BlacklistChanged event) {
        Attempt attempt = state.knownAttempt(event.attempt());
        attempt.blacklist.addAll(event.additions());
        event.removals().forEach(attempt.blacklist::remove);
        state.noteWishes(attempt);
    }

    @Override
    public void masterHostBlamed(AttemptEvent.MasterHostBlamed event) {
        Application application =
                ClusterState.known(state.application(event.attempt().application()), event.attempt());
        if (application.blamedHosts.isEmpty()) {
            application.blamedHosts = new TreeSet<>();
        }
        application.blamedHosts.add(event.host());
    }

    @Override
    public void masterKeptAway(AttemptEvent.MasterKeptAway event) {
        state.knownAttempt(event.attempt()).keptAway = event.hosts();
    }

    @Override
    public void increaseAwaited(AttemptEvent.IncreaseAwaited event) {
        Attempt attempt = state.knownAttempt(event.attempt());
        Resource target = event.target();
        if (target == null) {
            attempt.awaitedIncreases.remove(event.container());
        } else {
            attempt.awaitedIncreases.put(event.container(), target);
        }
        state.noteWishes(attempt);
    }

    @Override
    public void deliveriesAcknowledged(AttemptEvent.DeliveriesAcknowledged event) {
        state.knownAttempt(event.attempt()).unacknowledgedExits.clear();
    }

    @Override
    public void attemptFinishing(AttemptEvent.AttemptFinishing event) {
        Attempt attempt = state.knownAttempt(event.attempt());
        attempt.state = Lifecycles.ATTEMPT.transition(attempt.state, AttemptState.FINISHING);
        attempt.finalStatus = event.finalStatus();
        attempt.diagnostics = event.diagnostics();
        if (!event.trackingUrl().isEmpty()) {
            attempt.trackingUrl = event.trackingUrl();
        }
        attempt.progress = 1;
        attempt.lastHeardMs = event.atMs();
        stopWaiting(attempt);
    }

    @Override
    public void attemptEnded(AttemptEvent.AttemptEnded event) {
        Attempt attempt = state.knownAttempt(event.attempt());
        attempt.state = Lifecycles.ATTEMPT.transition(attempt.state, event.state());
        if (attempt.diagnostics.isEmpty()) {
            attempt.diagnostics = event.diagnostics();
        }
        attempt.endedAtMs = event.atMs();
        attempt.exitStatus = event.exitStatus();
        attempt.host = Attempt.UNKNOWN_HOST;
        attempt.rpcPort = -1;
        attempt.lastReply = null;
        attempt.grants.clear();
        attempt.exits.clear();
        attempt.unacknowledgedExits.clear();
        attempt.updates.clear();
        attempt.tokens.clear();
        stopWaiting(attempt);
        if (attempt.reserved != null) {
            // It may be forgotten before anybody looks at the node.
            state.nodes.release(attempt.reserved);
        }
        state.queues.release(attempt);
        state.settle(ClusterState.known(state.application(event.attempt().application()), event.attempt()));
    }

    @Override
    public void attemptForgotten(AttemptEvent.AttemptForgotten event) {
        Application application =
                ClusterState.known(state.application(event.attempt().application()), event.attempt());
        application.attempts.remove(0);
        application.firstAttempt++;
    }

    @Override
    public void asksReplaced(AttemptEvent.AsksReplaced event) {
        Attempt attempt = state.knownAttempt(event.attempt());
        event.asks().forEach(ask -> {
            attempt.asks.replace(ask);
            attempt.asks.note(
                    ask.key(), event.atMs(), state.partition(ask.label()).opportunities());
        });
        state.noteWishes(attempt);
    }

    @Override
    public void schedulingAsksReplaced(AttemptEvent.SchedulingAsksReplaced event) {
        Attempt attempt = state.knownAttempt(event.attempt());
        event.asks().forEach(ask -> {
            attempt.asks.replace(ask);
            attempt.asks.note(ask.key(), event.atMs(), 0);
        });
        state.noteWishes(attempt);
    }

    @Override
    public void schedulingAsksTried(AttemptEvent.SchedulingAsksTried event) {
        event.keys().forEach(state.knownAttempt(event.attempt()).asks::tried);
    }

    @Override
    public void deliveriesTaken(AttemptEvent.DeliveriesTaken event) {
        Attempt attempt = state.knownAttempt(event.attempt());
        for (Container container : attempt.grants) {
            container.state = Lifecycles.CONTAINER.transition(container.state, ContainerState.ACQUIRED);
            container.acquired(event.atMs());
        }
        attempt.grants.clear();
        attempt.unacknowledgedExits.addAll(attempt.exits);
        attempt.exits.clear();
        attempt.updates.clear();
        state.preemptions.told(attempt.id());
    }

    @Override
    public void attemptAnswered(AttemptEvent.AttemptAnswered event) {
        Attempt attempt = state.knownAttempt(event.attempt());
        attempt.responseId = event.responseId();
        attempt.progress = event.progress();
        attempt.lastReply = event.reply();
        attempt.nodeChangesSeen = state.nodes.changes.count();
        attempt.lastHeardMs = event.atMs();
    }

    private static void noteLaunch(Application application, long atMs) {
        if (application.launchedAtMs == 0) {
            application.launchedAtMs = atMs;
        }
    }

    private void stopWaiting(Attempt attempt) {
        attempt.asks.clear();
        attempt.awaitedIncreases.clear();
        state.noteWishes(attempt);
    }
}
