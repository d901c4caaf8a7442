package dev.heddle.rm.command;

import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerToSignal;
import dev.heddle.rm.model.NodeOrders;
import java.util.List;

/**
 * The reply to a node's heartbeat.
 *
 * @param responseId to be sent with the next heartbeat
 * @param diagnostics why it has to go or to register again; empty otherwise
 */
public record NodeInstructions(Action action, int responseId, String diagnostics, NodeOrders orders) {
    /** What becomes of the node. */
    public enum Action {
        /** It goes on. */
        NORMAL,
        /** It is unknown, or out of step, and has to register again. */
        RESYNC,
        /** It may not take part, and has to end. */
        SHUTDOWN
    }

    /** The response id after another. They go round from the largest int to 0, as in YARN. */
    public static int next(int responseId) {
        return (responseId + 1) & Integer.MAX_VALUE;
    }

    /** It goes on as before. */
    public static NodeInstructions nothing(int responseId) {
        return new NodeInstructions(Action.NORMAL, responseId, "", NodeOrders.NONE);
    }

    public static NodeInstructions resync(String why) {
        return new NodeInstructions(Action.RESYNC, 0, why, NodeOrders.NONE);
    }

    public static NodeInstructions shutdown(String why) {
        return new NodeInstructions(Action.SHUTDOWN, 0, why, NodeOrders.NONE);
    }

    /** Whether it has to register again. */
    public boolean resync() {
        return action == Action.RESYNC;
    }

    /** Containers to end. */
    public List<ContainerId> stop() {
        return orders.stop();
    }

    /** Ended containers that need not be reported any more. */
    public List<ContainerId> forget() {
        return orders.forget();
    }

    /** What containers' processes are to be told. */
    public List<ContainerToSignal> signals() {
        return orders.signals();
    }

    /** Applications whose files may go. */
    public List<ApplicationId> endedApplications() {
        return orders.endedApplications();
    }
}
