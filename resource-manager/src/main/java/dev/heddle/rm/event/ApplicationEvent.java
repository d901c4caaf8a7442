package dev.heddle.rm.event;

import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.ApplicationState;
import dev.heddle.rm.model.FinalStatus;
import dev.heddle.rm.model.LogState;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.constraint.PlacementConstraint;
import java.util.Map;

/** What happens to applications. Times are in ms since 1970. */
public sealed interface ApplicationEvent extends Event {
    /** One method for each kind, so that a new kind cannot be forgotten where it must be applied. */
    interface Visitor {
        void applicationIdTaken(ApplicationIdTaken event);

        void applicationAccepted(ApplicationAccepted event);

        void applicationEnded(ApplicationEnded event);

        void applicationMoved(ApplicationMoved event);

        void priorityChanged(PriorityChanged event);

        void maxPriorityReplaced(MaxPriorityReplaced event);

        void lifetimeChanged(LifetimeChanged event);

        void logsReported(LogsReported event);

        void applicationForgotten(ApplicationForgotten event);

        void constraintsGiven(ConstraintsGiven event);
    }

    /** An id was given to somebody who may submit an application under it. */
    record ApplicationIdTaken(ApplicationId application) implements ApplicationEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.applications().applicationIdTaken(this);
        }
    }

    record ApplicationAccepted(ApplicationId application, ApplicationSpec spec, long atMs)
            implements ApplicationEvent, Event.Durable {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.applications().applicationAccepted(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return application;
        }
    }

    /** An application has come to its end; {@code diagnostics} says why. */
    record ApplicationEnded(
            ApplicationId application, ApplicationState state, FinalStatus finalStatus, String diagnostics, long atMs)
            implements ApplicationEvent, Event.Durable {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.applications().applicationEnded(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return application;
        }
    }

    /** An application is in another queue, with all that it has. */
    record ApplicationMoved(ApplicationId application, String queue) implements ApplicationEvent, Event.Durable {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.applications().applicationMoved(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return application;
        }
    }

    /** An application is served earlier or later from now on. */
    record PriorityChanged(ApplicationId application, int priority) implements ApplicationEvent, Event.Durable {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.applications().priorityChanged(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return application;
        }
    }

    /** No application gets a higher priority from now on. Read from a file again by each leader. */
    record MaxPriorityReplaced(int priority) implements ApplicationEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.applications().maxPriorityReplaced(this);
        }
    }

    /** An application ends by itself at another time. */
    record LifetimeChanged(ApplicationId application, long expiresAtMs) implements ApplicationEvent, Event.Durable {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.applications().lifetimeChanged(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return application;
        }
    }

    /** A node is further with bringing together an application's logs, or has failed to. */
    record LogsReported(ApplicationId application, NodeId node, LogState state, String diagnostics)
            implements ApplicationEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.applications().logsReported(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return application;
        }
    }

    /** The application's requests are placed under these constraints, by their tag; its master says so each time it begins. */
    record ConstraintsGiven(ApplicationId application, Map<String, PlacementConstraint> constraints)
            implements ApplicationEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.applications().constraintsGiven(this);
        }
    }

    /** An application that ended long ago is dropped from the history. */
    record ApplicationForgotten(ApplicationId application) implements ApplicationEvent, Event.Durable {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.applications().applicationForgotten(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return application;
        }
    }
}
