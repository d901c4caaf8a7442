package dev.heddle.rm.loop;

import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.command.NodeInstructions;
import dev.heddle.rm.event.Event;
import dev.heddle.rm.event.NodeEvent;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeOrders;
import dev.heddle.rm.model.NodeState;
import dev.heddle.rm.model.NodeStatus;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that have nothing to say and are to be told nothing: most heartbeats. They are answered by the thread on which they
 * arrive, and the core hears of all of them together, once in a tick, or just before something that matters.
 *
 * <p>The core's thread says which nodes are quiet; any thread answers for one. What is answered here counts for the core
 * as well: {@link #take} and {@link #takeAll} hand it over, before anything else of that node.
 */
final class QuietNodes implements Publisher {
    /** What {@link #answer} gives where the heartbeat is for the core. */
    static final int NOT_QUIET = -1;

    private final ConcurrentMap<NodeId, Pulse> pulses = new ConcurrentHashMap<>();

    /** False while somebody waits until enough heartbeats have been counted, which the core does; and after the end. */
    private volatile boolean answering = true;

    private volatile boolean closed;

    /** One registration of a node. */
    private static final class Pulse {
        final NodeId node;
        final int registration;
        final AtomicInteger responseId = new AtomicInteger();

        /** Whether something was answered here that the core has not been told. */
        final AtomicBoolean untold = new AtomicBoolean();

        /** Whether there is nothing to tell the node, and nothing to find out about it. */
        volatile boolean quiet;

        /** What ran there when the core answered last; null before. */
        volatile @Nullable List<ContainerId> running;

        volatile NodeStatus status = NodeStatus.HEALTHY;
        volatile long heardMs;

        Pulse(NodeId node, int registration) {
            this.node = node;
            this.registration = registration;
        }

        NodeCommand.Heard heard() {
            return new NodeCommand.Heard(node, registration, responseId.get(), status, heardMs);
        }
    }

    @Override
    public void publish(ClusterState state, List<Event> events) {
        for (Event event : events) {
            if (event instanceof NodeEvent.NodeAnswered answered) {
                settle(state, answered);
            } else if (event instanceof NodeEvent.NodeGone || event instanceof NodeEvent.NodeForgotten) {
                pulses.remove(((NodeEvent.Stirring) event).node());
            } else if (event instanceof NodeEvent.Stirring stirring) {
                Pulse pulse = pulses.get(stirring.node());
                if (pulse != null) {
                    pulse.quiet = false;
                }
            }
        }
        answering = !closed && !state.countsHeartbeats();
    }

    private void settle(ClusterState state, NodeEvent.NodeAnswered answered) {
        Node node = state.node(answered.node());
        if (node == null || !(answered.reply() instanceof NodeInstructions reply)) {
            return;
        }
        Pulse pulse = pulses.get(node.id());
        if (pulse == null || pulse.registration != node.registration()) {
            pulse = new Pulse(node.id(), node.registration());
            pulses.put(node.id(), pulse);
        }
        pulse.responseId.set(answered.responseId());
        pulse.quiet = node.state() == NodeState.RUNNING && reply.orders().equals(NodeOrders.NONE);
    }

    /** Answers for nobody any more. What is untold stays so. */
    void close() {
        closed = true;
        answering = false;
    }

    /** The core has answered this heartbeat: one like it brings nothing new. */
    void answered(NodeCommand.NodeHeartbeat heartbeat, NodeInstructions reply) {
        Pulse pulse = pulses.get(heartbeat.node());
        if (pulse != null && pulse.responseId.get() == reply.responseId()) {
            pulse.running = heartbeat.running();
        }
    }

    /**
     * Answers a heartbeat that brings nothing new for a node that is to be told nothing.
     *
     * @return the response id, or {@link #NOT_QUIET} where it is for the core
     */
    int answer(NodeCommand.NodeHeartbeat heartbeat, long nowMs) {
        Pulse pulse = pulses.get(heartbeat.node());
        if (pulse == null
                || !pulse.quiet
                || !answering
                || !heartbeat.ended().isEmpty()
                || !heartbeat.status().healthy()
                || !heartbeat.running().equals(pulse.running)) {
            return NOT_QUIET;
        }
        int responseId = NodeInstructions.next(heartbeat.responseId());
        if (!pulse.responseId.compareAndSet(heartbeat.responseId(), responseId)) {
            return NOT_QUIET;
        }
        pulse.status = heartbeat.status();
        pulse.heardMs = nowMs;
        pulse.untold.set(true);
        return responseId;
    }

    /** What the core has to be told before it hears of this node again. By the core's thread. */
    NodeCommand.HearNodes take(NodeId node) {
        Pulse pulse = pulses.get(node);
        return new NodeCommand.HearNodes(
                pulse != null && pulse.untold.getAndSet(false) ? List.of(pulse.heard()) : List.of());
    }

    /** What the core has not been told of any node. By the core's thread. */
    NodeCommand.HearNodes takeAll() {
        List<NodeCommand.Heard> heard = new ArrayList<>();
        for (Pulse pulse : pulses.values()) {
            if (pulse.untold.get() && pulse.untold.getAndSet(false)) {
                heard.add(pulse.heard());
            }
        }
        return new NodeCommand.HearNodes(heard);
    }
}
