package dev.heddle.rm.event;

import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.AttemptState;
import dev.heddle.rm.model.FinalStatus;
import dev.heddle.rm.model.NodeId;
import java.util.List;

/** What happens to attempts and between them and their masters. Times are in ms since 1970. */
public sealed interface AttemptEvent extends Event {
    /** One method for each kind, so that a new kind cannot be forgotten where it must be applied. */
    interface Visitor {
        void attemptStarted(AttemptStarted event);

        void attemptLaunched(AttemptLaunched event);

        void attemptRegistered(AttemptRegistered event);

        void attemptFinishing(AttemptFinishing event);

        void attemptEnded(AttemptEnded event);

        void attemptForgotten(AttemptForgotten event);

        void asksReplaced(AsksReplaced event);

        void deliveriesTaken(DeliveriesTaken event);

        void attemptAnswered(AttemptAnswered event);
    }

    /** An attempt begins: its master waits for a container, or, if it is unmanaged, for its registration. */
    record AttemptStarted(AttemptId attempt, long atMs) implements AttemptEvent, Event.Durable {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.attempts().attemptStarted(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return attempt.application();
        }
    }

    /** The process of the master was started, or an unmanaged one is expected to register. */
    record AttemptLaunched(AttemptId attempt, long atMs) implements AttemptEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.attempts().attemptLaunched(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return attempt.application();
        }
    }

    /** The master has registered. */
    record AttemptRegistered(AttemptId attempt, String host, int rpcPort, String trackingUrl, long atMs)
            implements AttemptEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.attempts().attemptRegistered(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return attempt.application();
        }
    }

    /** The master has said how its application ended; its process may still run. */
    record AttemptFinishing(
            AttemptId attempt, FinalStatus finalStatus, String diagnostics, String trackingUrl, long atMs)
            implements AttemptEvent, Event.Durable {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.attempts().attemptFinishing(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return attempt.application();
        }
    }

    /**
     * An attempt is over.
     *
     * @param exitStatus of its master's container, or {@link dev.heddle.rm.model.ExitStatus#INVALID}
     */
    record AttemptEnded(AttemptId attempt, AttemptState state, int exitStatus, String diagnostics, long atMs)
            implements AttemptEvent, Event.Durable {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.attempts().attemptEnded(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return attempt.application();
        }
    }

    /** The oldest attempt of an application that has had many is dropped from the history. */
    record AttemptForgotten(AttemptId attempt) implements AttemptEvent, Event.Durable {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.attempts().attemptForgotten(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return attempt.application();
        }
    }

    /** Rows of asks have replaced former ones. */
    record AsksReplaced(AttemptId attempt, List<Ask> asks) implements AttemptEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.attempts().asksReplaced(this);
        }
    }

    /** Everything that waited for the master, grants and exits, is in a reply to it; so are tokens for these nodes. */
    record DeliveriesTaken(AttemptId attempt, List<NodeId> tokensFor, long atMs) implements AttemptEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.attempts().deliveriesTaken(this);
        }
    }

    /** The master was answered. A repeated call gets the same reply again. */
    record AttemptAnswered(AttemptId attempt, int responseId, float progress, Object reply, long atMs)
            implements AttemptEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.attempts().attemptAnswered(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return attempt.application();
        }
    }
}
