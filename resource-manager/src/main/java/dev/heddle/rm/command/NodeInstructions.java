package dev.heddle.rm.command;

import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerToSignal;
import java.util.List;

/**
 * The reply to a node's heartbeat.
 *
 * @param resync whether the node is unknown, or out of step, and has to register again
 * @param responseId to be sent with the next heartbeat
 * @param stop containers to end
 * @param forget ended containers that need not be reported any more
 * @param signals what containers' processes are to be told
 * @param endedApplications applications whose files may go
 */
public record NodeInstructions(
        boolean resync,
        int responseId,
        List<ContainerId> stop,
        List<ContainerId> forget,
        List<ContainerToSignal> signals,
        List<ApplicationId> endedApplications) {
    /** Tells a node to register again. */
    public static final NodeInstructions RESYNC =
            new NodeInstructions(true, 0, List.of(), List.of(), List.of(), List.of());
}
