package dev.heddle.rm.state;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.event.ContainerEvent;
import dev.heddle.rm.model.AttemptState;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerState;
import dev.heddle.rm.model.EndedContainer;
import dev.heddle.rm.model.UpdateWish;
import java.util.Set;

/** Makes events of containers true; decides nothing. An event about something unknown is a defect. */
final class ContainerApplier implements ContainerEvent.Visitor {
    private final ClusterState state;

    ContainerApplier(ClusterState state) {
        this.state = state;
    }

    @Override
    public void containerGranted(ContainerEvent.ContainerGranted event) {
        Attempt attempt = state.knownAttempt(event.container().attempt());
        Node node = ClusterState.known(state.node(event.node()), event.node());
        Container container = new Container(
                event.container(), event.node(), event.key(), event.resource(), event.master(), event.atMs());
        if (event.master()) {
            attempt.master = container;
            attempt.state = Lifecycles.ATTEMPT.transition(attempt.state, AttemptState.ALLOCATED);
            // The RM itself starts it: nobody needs to be told.
            container.state = Lifecycles.CONTAINER.transition(container.state, ContainerState.ACQUIRED);
            container.acquired(event.atMs());
        } else {
            attempt.grants.add(container);
        }
        attempt.containers.put(container.id(), container);
        attempt.containersGranted++;
        attempt.used = attempt.used.plus(event.resource());
        Set<String> tags = attempt.asks.tags(event.key());
        if (!tags.isEmpty()) {
            state.allocationTags.add(container.id(), node, tags);
            // Whoever wants to be near it was passed over before.
            node.partition.makeDue();
        }
        attempt.asks.served(
                event.key(),
                node.id().host(),
                node.rack(),
                new PendingAsks.Beginning(node.partition.opportunities(), event.atMs()));
        attempt.asks.granted(event.key(), node.id().host(), node.rack());
        state.queues.charge(attempt, node.partition, event.resource());
        state.noteWishes(attempt);
        state.containers.put(container.id(), container);
        node.containers.put(container.id(), container);
        node.used = node.used.plus(event.resource());
        state.used = state.used.plus(event.resource());
        Application application =
                ClusterState.known(state.application(attempt.id().application()), attempt.id());
        application.footprint.granted(node);
        application.usage = application.usage.take(event.resource(), event.atMs());
        node.partition.granted(node);
        state.nodes.reindex(node);
    }

    @Override
    public void containerStarted(ContainerEvent.ContainerStarted event) {
        Container container = state.knownContainer(event.container());
        container.state = Lifecycles.CONTAINER.transition(container.state, ContainerState.RUNNING);
        ClusterState.known(state.application(event.container().attempt().application()), event.container())
                .footprint
                .ran(ClusterState.known(state.node(container.node()), container.node()));
    }

    @Override
    public void containerResized(ContainerEvent.ContainerResized event) {
        Container container = state.knownContainer(event.container());
        Resource before = container.resource;
        Attempt attempt = ClusterState.known(state.holder(container), event.container());
        Node node = ClusterState.known(state.node(container.node()), container.node());
        container.resource = event.size();
        container.version++;
        attempt.used = attempt.used.minus(before).plus(event.size());
        attempt.updates.put(event.container(), event.kind());
        node.used = node.used.minus(before).plus(event.size());
        state.queues.refund(attempt, node.partition, before);
        state.queues.charge(attempt, node.partition, event.size());
        state.used = state.used.minus(before).plus(event.size());
        Application application =
                ClusterState.known(state.application(attempt.id().application()), attempt.id());
        application.usage = application.usage.giveBack(before, event.atMs()).take(event.size(), event.atMs());
        if (event.kind() == UpdateWish.Kind.INCREASE) {
            ClusterState.UnsettledIncrease earlier = state.unsettledIncreases.get(event.container());
            Resource settled = earlier == null ? before : earlier.settled();
            state.unsettledIncreases.put(event.container(), new ClusterState.UnsettledIncrease(settled, event.atMs()));
            attempt.awaitedIncreases.remove(event.container());
            state.noteWishes(attempt);
        } else {
            state.unsettledIncreases.remove(event.container());
        }
        state.nodes.reindex(node);
        state.nodes.noteRoom(node);
    }

    @Override
    public void increaseSettled(ContainerEvent.IncreaseSettled event) {
        state.unsettledIncreases.remove(event.container());
    }

    @Override
    public void containerStopping(ContainerEvent.ContainerStopping event) {
        Container container = state.knownContainer(event.exit().container());
        container.state = Lifecycles.CONTAINER.transition(container.state, ContainerState.STOPPING);
        container.exit = event.exit();
        state.preemptions.stops(container, holderOf(container.id()).id());
    }

    @Override
    public void preemptionNoticed(ContainerEvent.PreemptionNoticed event) {
        state.preemptions.notice(event.container(), holderOf(event.container()).id(), event.atMs());
    }

    @Override
    public void preemptionWithdrawn(ContainerEvent.PreemptionWithdrawn event) {
        state.preemptions.withdraw(
                event.container(), holderOf(event.container()).id());
    }

    @Override
    public void lossAnnounced(ContainerEvent.LossAnnounced event) {
        state.preemptions.announce(
                event.container(), holderOf(event.container()).id());
    }

    private Attempt holderOf(ContainerId id) {
        return ClusterState.known(state.holder(state.knownContainer(id)), id);
    }

    @Override
    public void containerEnded(ContainerEvent.ContainerEnded event) {
        ContainerId id = event.exit().container();
        Container container = state.knownContainer(id);
        container.state = Lifecycles.CONTAINER.transition(container.state, ContainerState.COMPLETED);
        Attempt attempt = ClusterState.known(state.holder(container), id);
        state.containers.remove(id);
        state.unsettledIncreases.remove(id);
        state.preemptions.ended(container, attempt.id());
        attempt.containers.remove(id);
        attempt.grants.remove(container);
        attempt.updates.remove(id);
        if (attempt.awaitedIncreases.remove(id) != null) {
            state.noteWishes(attempt);
        }
        attempt.used = attempt.used.minus(container.resource());
        Attempt told = state.heir(attempt);
        if (!told.isOver() && !container.isMaster()) {
            told.exits.add(new EndedContainer(event.exit(), event.node()));
        }
        Node node = ClusterState.known(state.node(container.node()), container.node());
        node.containers.remove(id);
        state.allocationTags.remove(id, node);
        node.used = node.used.minus(container.resource());
        state.used = state.used.minus(container.resource());
        state.queues.refund(attempt, node.partition, container.resource());
        Application application = attempt.application();
        application.usage = application.usage.giveBack(container.resource(), event.atMs());
        state.nodes.reindex(node);
        state.nodes.noteRoom(node);
    }
}
