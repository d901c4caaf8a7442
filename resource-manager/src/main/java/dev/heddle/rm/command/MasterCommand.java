package dev.heddle.rm.command;

import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.FinalStatus;
import dev.heddle.rm.model.constraint.PlacementConstraint;
import java.util.Map;

/**
 * What application masters want, and what becomes of their launch.
 *
 * @param <R> the reply
 */
public sealed interface MasterCommand<R> extends Command<R> {
    /** One method for each kind, so that a new kind cannot be left without an answer. */
    interface Handler {
        MasterRegistered registerMaster(RegisterMaster command);

        Allocation allocate(Allocate command);

        Done finishMaster(FinishMaster command);

        Done masterLaunched(MasterLaunched command);

        Done masterLaunchFailed(MasterLaunchFailed command);
    }

    /**
     * A master begins.
     *
     * @param constraints that hold for its application's requests besides their own, by the tag of the request
     */
    record RegisterMaster(
            AttemptId attempt,
            String host,
            int rpcPort,
            String trackingUrl,
            Map<String, PlacementConstraint> constraints)
            implements MasterCommand<MasterRegistered> {
        public RegisterMaster {
            constraints = Map.copyOf(constraints);
        }

        public RegisterMaster(AttemptId attempt, String host, int rpcPort, String trackingUrl) {
            this(attempt, host, rpcPort, trackingUrl, Map.of());
        }

        @Override
        public MasterRegistered on(CommandHandlers handlers) {
            return handlers.masters().registerMaster(this);
        }
    }

    /**
     * A master's heartbeat.
     *
     * @param responseId of the last reply that it has seen
     * @param progress as it was sent, also where that makes no sense
     * @param trackingUrl where its page is now, or empty where that is as it was
     */
    record Allocate(AttemptId attempt, int responseId, float progress, String trackingUrl, Wishes wishes)
            implements MasterCommand<Allocation> {
        @Override
        public Allocation on(CommandHandlers handlers) {
            return handlers.masters().allocate(this);
        }
    }

    record FinishMaster(AttemptId attempt, FinalStatus finalStatus, String diagnostics, String trackingUrl)
            implements MasterCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.masters().finishMaster(this);
        }
    }

    /** A master's process was started. */
    record MasterLaunched(AttemptId attempt) implements MasterCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.masters().masterLaunched(this);
        }
    }

    /** A master's process could not be started. */
    record MasterLaunchFailed(AttemptId attempt, String reason) implements MasterCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.masters().masterLaunchFailed(this);
        }
    }
}
