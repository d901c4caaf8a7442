package dev.heddle.rm.command;

import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.scheduler.explain.Waiting;
import dev.heddle.rm.scheduler.preemption.PreemptionPlan;
import java.util.List;

/**
 * What the core tells itself.
 *
 * @param <R> the reply
 */
public sealed interface CoreCommand<R> extends Command<R> {
    /** One method for each kind, so that a new kind cannot be left without an answer. */
    interface Handler {
        Done expire(Expire command);

        Done replaceNodeKey(ReplaceNodeKey command);

        Done continuePlacement(ContinuePlacement command);

        List<Waiting> explain(Explain command);

        PreemptionPlan planPreemption(PlanPreemption command);

        PreemptionPlan preempt(Preempt command);
    }

    /** Somebody asks which containers would go now so that queues get what they are owed. Changes nothing. */
    record PlanPreemption() implements CoreCommand<PreemptionPlan> {
        @Override
        public PreemptionPlan on(CommandHandlers handlers) {
            return handlers.core().planPreemption(this);
        }
    }

    /** It is time for queues to get back what they are owed. The reply is what is to go. */
    record Preempt() implements CoreCommand<PreemptionPlan> {
        @Override
        public PreemptionPlan on(CommandHandlers handlers) {
            return handlers.core().preempt(this);
        }
    }

    /** Somebody asks what an application waits for, and why. Changes nothing; an application that is not known waits for nothing. */
    record Explain(ApplicationId application) implements CoreCommand<List<Waiting>> {
        @Override
        public List<Waiting> on(CommandHandlers handlers) {
            return handlers.core().explain(this);
        }
    }

    /** Time has passed: whatever has waited for too long is given up. */
    record Expire() implements CoreCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.core().expire(this);
        }
    }

    /** Tokens for nodes are made with another key from now on. */
    record ReplaceNodeKey() implements CoreCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.core().replaceNodeKey(this);
        }
    }

    /** A pass that was cut short goes on. */
    record ContinuePlacement() implements CoreCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.core().continuePlacement(this);
        }
    }
}
