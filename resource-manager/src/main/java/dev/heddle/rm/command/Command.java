package dev.heddle.rm.command;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.FinalStatus;
import dev.heddle.rm.model.NodeId;
import java.util.List;

/**
 * Something that an edge asks of the core.
 *
 * @param <R> the reply
 */
public sealed interface Command<R> {
    /**
     * Calls the handler's method for this kind of command.
     *
     * @throws Refusal if the caller may mend what was asked
     */
    R on(CommandHandler handler);

    /** A client wants to submit an application and asks for an id. */
    record TakeApplicationId() implements Command<NewApplication> {
        @Override
        public NewApplication on(CommandHandler handler) {
            return handler.takeApplicationId(this);
        }
    }

    record SubmitApplication(ApplicationId application, ApplicationSpec spec) implements Command<Done> {
        @Override
        public Done on(CommandHandler handler) {
            return handler.submitApplication(this);
        }
    }

    /**
     * A user wants an application ended.
     *
     * @param diagnostics what the application's report will say
     */
    record KillApplication(ApplicationId application, String diagnostics) implements Command<Killed> {
        @Override
        public Killed on(CommandHandler handler) {
            return handler.killApplication(this);
        }
    }

    record RegisterMaster(AttemptId attempt, String host, int rpcPort, String trackingUrl)
            implements Command<MasterRegistered> {
        @Override
        public MasterRegistered on(CommandHandler handler) {
            return handler.registerMaster(this);
        }
    }

    /**
     * A master's heartbeat.
     *
     * @param responseId of the last reply that it has seen
     * @param asks rows that replace former ones
     */
    record Allocate(AttemptId attempt, int responseId, float progress, List<Ask> asks, List<ContainerId> releases)
            implements Command<Allocation> {
        @Override
        public Allocation on(CommandHandler handler) {
            return handler.allocate(this);
        }
    }

    record FinishMaster(AttemptId attempt, FinalStatus finalStatus, String diagnostics, String trackingUrl)
            implements Command<Done> {
        @Override
        public Done on(CommandHandler handler) {
            return handler.finishMaster(this);
        }
    }

    /** A master's process was started. */
    record MasterLaunched(AttemptId attempt) implements Command<Done> {
        @Override
        public Done on(CommandHandler handler) {
            return handler.masterLaunched(this);
        }
    }

    /** A master's process could not be started. */
    record MasterLaunchFailed(AttemptId attempt, String reason) implements Command<Done> {
        @Override
        public Done on(CommandHandler handler) {
            return handler.masterLaunchFailed(this);
        }
    }

    /**
     * A node registers.
     *
     * @param running containers that it runs
     * @param ended containers that have ended there and that it still reports
     */
    record RegisterNode(
            NodeId node,
            Resource total,
            int httpPort,
            String version,
            List<ContainerId> running,
            List<ContainerExit> ended)
            implements Command<NodeRegistered> {
        @Override
        public NodeRegistered on(CommandHandler handler) {
            return handler.registerNode(this);
        }
    }

    /**
     * A node's heartbeat.
     *
     * @param responseId of the last reply that it has seen
     */
    record NodeHeartbeat(NodeId node, int responseId, List<ContainerId> running, List<ContainerExit> ended)
            implements Command<NodeInstructions> {
        @Override
        public NodeInstructions on(CommandHandler handler) {
            return handler.nodeHeartbeat(this);
        }
    }

    record UnregisterNode(NodeId node) implements Command<Done> {
        @Override
        public Done on(CommandHandler handler) {
            return handler.unregisterNode(this);
        }
    }

    /** Time has passed: whatever has waited for too long is given up. */
    record Expire() implements Command<Done> {
        @Override
        public Done on(CommandHandler handler) {
            return handler.expire(this);
        }
    }

    /** A pass that was cut short goes on. */
    record ContinuePlacement() implements Command<Done> {
        @Override
        public Done on(CommandHandler handler) {
            return handler.continuePlacement(this);
        }
    }
}
