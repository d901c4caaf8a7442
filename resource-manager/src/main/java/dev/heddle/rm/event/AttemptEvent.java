package dev.heddle.rm.event;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.AttemptState;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.EndedContainer;
import dev.heddle.rm.model.FinalStatus;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.constraint.SchedulingAsk;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What happens to attempts and between them and their masters. Times are in ms since 1970. */
public sealed interface AttemptEvent extends Event {
    /** One method for each kind, so that a new kind cannot be forgotten where it must be applied. */
    interface Visitor {
        void attemptStarted(AttemptStarted event);

        void attemptActivated(AttemptActivated event);

        void attemptLaunched(AttemptLaunched event);

        void attemptRegistered(AttemptRegistered event);

        void attemptReregistered(AttemptReregistered event);

        void trackingUrlChanged(TrackingUrlChanged event);

        void containersPassedOn(ContainersPassedOn event);

        void nodeTokensGiven(NodeTokensGiven event);

        void blacklistChanged(BlacklistChanged event);

        void masterHostBlamed(MasterHostBlamed event);

        void masterKeptAway(MasterKeptAway event);

        void increaseAwaited(IncreaseAwaited event);

        void deliveriesAcknowledged(DeliveriesAcknowledged event);

        void attemptFinishing(AttemptFinishing event);

        void attemptEnded(AttemptEnded event);

        void attemptForgotten(AttemptForgotten event);

        void asksReplaced(AsksReplaced event);

        void schedulingAsksReplaced(SchedulingAsksReplaced event);

        void schedulingAsksTried(SchedulingAsksTried event);

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

    /**
     * Its queue has let an attempt begin: what it asks for is served from now on.
     *
     * @param master what its master is counted with
     * @param label of the nodes that the master is counted on; empty for those without
     */
    record AttemptActivated(AttemptId attempt, Resource master, String label) implements AttemptEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.attempts().attemptActivated(this);
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

    /** A master that had registered before begins anew: it knows nothing of what it was told. */
    record AttemptReregistered(AttemptId attempt, String host, int rpcPort, String trackingUrl, long atMs)
            implements AttemptEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.attempts().attemptReregistered(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return attempt.application();
        }
    }

    /** The master's page is elsewhere now. */
    record TrackingUrlChanged(AttemptId attempt, String trackingUrl) implements AttemptEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.attempts().trackingUrlChanged(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return attempt.application();
        }
    }

    /**
     * A failed attempt leaves what runs to the next one.
     *
     * @param exits of which the failed attempt's master may not know
     */
    record ContainersPassedOn(AttemptId from, AttemptId to, Set<ContainerId> containers, List<EndedContainer> exits)
            implements AttemptEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.attempts().containersPassedOn(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return to.application();
        }
    }

    /** The master has been given tokens for these nodes. */
    record NodeTokensGiven(AttemptId attempt, List<NodeId> nodes) implements AttemptEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.attempts().nodeTokensGiven(this);
        }
    }

    /** Hosts and racks are avoided from now on, or not any more. */
    record BlacklistChanged(AttemptId attempt, List<String> additions, List<String> removals)
            implements AttemptEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.attempts().blacklistChanged(this);
        }
    }

    /** The master failed, and its host may have been the reason. */
    record MasterHostBlamed(AttemptId attempt, String host) implements AttemptEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.attempts().masterHostBlamed(this);
        }
    }

    /** The attempt's master is not placed on these hosts, where former ones failed. */
    record MasterKeptAway(AttemptId attempt, Set<String> hosts) implements AttemptEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.attempts().masterKeptAway(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return attempt.application();
        }
    }

    /** A container shall grow when there is room, or, where the size is null, not any more. */
    record IncreaseAwaited(AttemptId attempt, ContainerId container, @Nullable Resource target)
            implements AttemptEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.attempts().increaseAwaited(this);
        }
    }

    /** The master has called again, so it knows what the last reply said. */
    record DeliveriesAcknowledged(AttemptId attempt) implements AttemptEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.attempts().deliveriesAcknowledged(this);
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
    record AsksReplaced(AttemptId attempt, List<Ask> asks, long atMs) implements AttemptEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.attempts().asksReplaced(this);
        }
    }

    /** Scheduling requests have replaced former ones of the same keys; with a count of zero they are gone. */
    record SchedulingAsksReplaced(AttemptId attempt, List<SchedulingAsk> asks, long atMs)
            implements AttemptEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.attempts().schedulingAsksReplaced(this);
        }
    }

    /** The scheduling requests of these keys could not be met in a call of the master. */
    record SchedulingAsksTried(AttemptId attempt, List<AskKey> keys) implements AttemptEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.attempts().schedulingAsksTried(this);
        }
    }

    /** Everything that waited for the master, grants, exits and updates, is in a reply to it. */
    record DeliveriesTaken(AttemptId attempt, long atMs) implements AttemptEvent, Event.Soft {
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
