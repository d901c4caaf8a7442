package dev.heddle.rm.state;

import dev.heddle.rm.event.Event;
import dev.heddle.rm.event.EventVisitor;
import dev.heddle.rm.model.ApplicationState;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.AttemptState;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerState;
import dev.heddle.rm.model.NodeState;
import java.util.ArrayList;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Makes events true in a {@link ClusterState}; decides nothing. An event about something unknown is a defect. */
final class EventApplier implements EventVisitor {
    private final ClusterState state;

    EventApplier(ClusterState state) {
        this.state = state;
    }

    @Override
    public void applicationIdTaken(Event.ApplicationIdTaken event) {
        state.lastSequence = Math.max(state.lastSequence, event.application().sequence());
    }

    @Override
    public void applicationAccepted(Event.ApplicationAccepted event) {
        state.applications.put(event.application(), new Application(event.application(), event.spec(), event.atMs()));
    }

    @Override
    public void applicationEnded(Event.ApplicationEnded event) {
        Application application = known(state.application(event.application()), event.application());
        application.state = Lifecycles.APPLICATION.transition(application.state, event.state());
        application.finalStatus = event.finalStatus();
        application.diagnostics = event.diagnostics();
        application.endedAtMs = event.atMs();
        state.endedApplications.add(event.application());
    }

    @Override
    public void applicationForgotten(Event.ApplicationForgotten event) {
        state.applications.remove(event.application());
        state.endedApplications.remove(event.application());
    }

    @Override
    public void attemptStarted(Event.AttemptStarted event) {
        Application application = known(state.application(event.attempt().application()), event.attempt());
        if (application.state != ApplicationState.ACCEPTED) {
            application.state = Lifecycles.APPLICATION.transition(application.state, ApplicationState.ACCEPTED);
        }
        Attempt attempt = new Attempt(event.attempt());
        attempt.lastHeardMs = event.atMs();
        application.attempts.add(attempt);
    }

    @Override
    public void attemptLaunched(Event.AttemptLaunched event) {
        Attempt attempt = attempt(event.attempt());
        attempt.state = Lifecycles.ATTEMPT.transition(attempt.state, AttemptState.LAUNCHED);
        attempt.lastHeardMs = event.atMs();
        noteLaunch(known(state.application(event.attempt().application()), event.attempt()), event.atMs());
    }

    private static void noteLaunch(Application application, long atMs) {
        if (application.launchedAtMs == 0) {
            application.launchedAtMs = atMs;
        }
    }

    @Override
    public void attemptRegistered(Event.AttemptRegistered event) {
        Attempt attempt = attempt(event.attempt());
        attempt.state = Lifecycles.ATTEMPT.transition(attempt.state, AttemptState.RUNNING);
        attempt.host = event.host();
        attempt.rpcPort = event.rpcPort();
        attempt.trackingUrl = event.trackingUrl();
        attempt.lastHeardMs = event.atMs();
        Application application = known(state.application(event.attempt().application()), event.attempt());
        application.state = Lifecycles.APPLICATION.transition(application.state, ApplicationState.RUNNING);
        noteLaunch(application, event.atMs());
    }

    @Override
    public void attemptFinishing(Event.AttemptFinishing event) {
        Attempt attempt = attempt(event.attempt());
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
    public void attemptEnded(Event.AttemptEnded event) {
        Attempt attempt = attempt(event.attempt());
        attempt.state = Lifecycles.ATTEMPT.transition(attempt.state, event.state());
        if (attempt.diagnostics.isEmpty()) {
            attempt.diagnostics = event.diagnostics();
        }
        attempt.host = Attempt.UNKNOWN_HOST;
        attempt.rpcPort = -1;
        attempt.lastReply = null;
        attempt.grants.clear();
        attempt.exits.clear();
        stopWaiting(attempt);
    }

    private void stopWaiting(Attempt attempt) {
        attempt.asks.clear();
        state.waiting.remove(attempt.id());
    }

    @Override
    public void asksReplaced(Event.AsksReplaced event) {
        Attempt attempt = attempt(event.attempt());
        event.asks().forEach(attempt.asks::replace);
        if (attempt.asks.isEmpty()) {
            state.waiting.remove(attempt.id());
        } else {
            state.waiting.put(attempt.id(), attempt);
        }
    }

    @Override
    public void containerGranted(Event.ContainerGranted event) {
        Attempt attempt = attempt(event.container().attempt());
        Node node = known(state.node(event.node()), event.node());
        Container container = new Container(
                event.container(), event.node(), event.key(), event.resource(), event.master(), event.atMs());
        if (event.master()) {
            attempt.master = container;
            attempt.state = Lifecycles.ATTEMPT.transition(attempt.state, AttemptState.ALLOCATED);
            // The RM itself starts it: nobody needs to be told.
            container.state = Lifecycles.CONTAINER.transition(container.state, ContainerState.ACQUIRED);
            container.acquiredAtMs = event.atMs();
        } else {
            attempt.grants.add(container);
        }
        attempt.containers.put(container.id(), container);
        attempt.containersGranted++;
        attempt.used = attempt.used.plus(event.resource());
        attempt.asks.granted(event.key(), node.id().host());
        if (attempt.asks.isEmpty()) {
            state.waiting.remove(attempt.id());
        }
        state.containers.put(container.id(), container);
        node.containers.put(container.id(), container);
        node.used = node.used.plus(event.resource());
        state.used = state.used.plus(event.resource());
        Application application = known(state.application(attempt.id().application()), attempt.id());
        application.nodes.add(event.node());
        application.usage = application.usage.take(event.resource(), event.atMs());
        state.placementCursor = node.slot() + 1;
        state.reindex(node);
    }

    @Override
    public void deliveriesTaken(Event.DeliveriesTaken event) {
        Attempt attempt = attempt(event.attempt());
        for (Container container : attempt.grants) {
            container.state = Lifecycles.CONTAINER.transition(container.state, ContainerState.ACQUIRED);
            container.acquiredAtMs = event.atMs();
        }
        attempt.grants.clear();
        attempt.exits.clear();
        attempt.nodesWithToken.addAll(event.tokensFor());
    }

    @Override
    public void attemptAnswered(Event.AttemptAnswered event) {
        Attempt attempt = attempt(event.attempt());
        attempt.responseId = event.responseId();
        attempt.progress = event.progress();
        attempt.lastReply = event.reply();
        attempt.lastHeardMs = event.atMs();
    }

    @Override
    public void containerStarted(Event.ContainerStarted event) {
        Container container = container(event.container());
        container.state = Lifecycles.CONTAINER.transition(container.state, ContainerState.RUNNING);
    }

    @Override
    public void containerStopping(Event.ContainerStopping event) {
        Container container = container(event.exit().container());
        container.state = Lifecycles.CONTAINER.transition(container.state, ContainerState.STOPPING);
        container.exit = event.exit();
    }

    @Override
    public void containerEnded(Event.ContainerEnded event) {
        ContainerId id = event.exit().container();
        Container container = container(id);
        container.state = Lifecycles.CONTAINER.transition(container.state, ContainerState.COMPLETED);
        state.containers.remove(id);
        Attempt attempt = attempt(id.attempt());
        attempt.containers.remove(id);
        attempt.grants.remove(container);
        attempt.used = attempt.used.minus(container.resource());
        if (!attempt.isOver() && !container.isMaster()) {
            attempt.exits.add(event.exit());
        }
        Node node = known(state.node(container.node()), container.node());
        node.containers.remove(id);
        node.used = node.used.minus(container.resource());
        state.used = state.used.minus(container.resource());
        Application application = known(state.application(attempt.id().application()), attempt.id());
        application.usage = application.usage.giveBack(container.resource(), event.atMs());
        state.reindex(node);
    }

    @Override
    public void nodeJoined(Event.NodeJoined event) {
        Node node = state.nodes.get(event.node());
        if (node == null) {
            node = new Node(event.node(), freeSlot(), event.total(), event.httpPort(), event.version());
            state.nodes.put(event.node(), node);
            state.nodesBySlot.set(node.slot(), node);
            enter(node);
        } else if (node.state == NodeState.RUNNING) {
            state.total = state.total.minus(node.total).plus(event.total());
            node.total = event.total();
        } else {
            node.state = Lifecycles.NODE.transition(node.state, NodeState.RUNNING);
            node.total = event.total();
            state.goneNodes.remove(event.node());
            enter(node);
        }
        node.httpPort = event.httpPort();
        node.version = event.version();
        node.reasonGone = "";
        node.responseId = 0;
        node.lastReply = null;
        node.lastHeardMs = event.atMs();
        node.containersToClean.clear();
        node.applicationsToClean.clear();
        node.exitsNoted.clear();
        state.reindex(node);
    }

    /** That of a node that was forgotten, or else a new one at the end. */
    private int freeSlot() {
        Integer left = state.freeSlots.poll();
        if (left != null) {
            return left;
        }
        state.nodesBySlot.add(null);
        return state.nodesBySlot.size() - 1;
    }

    private void enter(Node node) {
        state.total = state.total.plus(node.total);
        state.runningNodes++;
        state.nodesByHost
                .computeIfAbsent(node.id().host(), host -> new ArrayList<>())
                .add(node);
    }

    @Override
    public void nodeToldToClean(Event.NodeToldToClean event) {
        Node node = known(state.node(event.node()), event.node());
        node.containersToClean.addAll(event.containers());
        node.applicationsToClean.addAll(event.applications());
    }

    @Override
    public void exitsNoted(Event.ExitsNoted event) {
        known(state.node(event.node()), event.node()).exitsNoted.addAll(event.containers());
    }

    @Override
    public void nodeAnswered(Event.NodeAnswered event) {
        Node node = known(state.node(event.node()), event.node());
        node.responseId = event.responseId();
        node.lastReply = event.reply();
        node.lastHeardMs = event.atMs();
        if (node.hasInstructions()) {
            node.containersToClean.clear();
            node.applicationsToClean.clear();
            node.exitsNoted.clear();
        }
    }

    @Override
    public void nodeGone(Event.NodeGone event) {
        Node node = known(state.node(event.node()), event.node());
        node.state = Lifecycles.NODE.transition(node.state, event.state());
        node.reasonGone = event.reason();
        node.lastReply = null;
        state.total = state.total.minus(node.total);
        state.runningNodes--;
        var onHost = state.nodesByHost.get(node.id().host());
        if (onHost != null) {
            onHost.remove(node);
            if (onHost.isEmpty()) {
                state.nodesByHost.remove(node.id().host());
            }
        }
        state.goneNodes.add(event.node());
        state.reindex(node);
    }

    @Override
    public void nodeForgotten(Event.NodeForgotten event) {
        Node node = known(state.nodes.remove(event.node()), event.node());
        state.goneNodes.remove(event.node());
        state.nodesBySlot.set(node.slot(), null);
        state.freeSlots.add(node.slot());
    }

    private Attempt attempt(AttemptId id) {
        return known(state.attempt(id), id);
    }

    private Container container(ContainerId id) {
        return known(state.container(id), id);
    }

    private static <T> T known(@Nullable T entity, Object id) {
        if (entity == null) {
            throw new NoSuchElementException("an event about " + id + ", which is not known");
        }
        return entity;
    }
}
