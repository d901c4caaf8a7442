package dev.heddle.rm.event;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.UpdateWish;

/** What happens to containers. Times are in ms since 1970. */
public sealed interface ContainerEvent extends Event {
    /** One method for each kind, so that a new kind cannot be forgotten where it must be applied. */
    interface Visitor {
        void containerGranted(ContainerGranted event);

        void containerStarted(ContainerStarted event);

        void containerResized(ContainerResized event);

        void increaseSettled(IncreaseSettled event);

        void preemptionNoticed(PreemptionNoticed event);

        void preemptionWithdrawn(PreemptionWithdrawn event);

        void lossAnnounced(LossAnnounced event);

        void containerStopping(ContainerStopping event);

        void containerEnded(ContainerEnded event);
    }

    /**
     * A container was placed.
     *
     * @param master whether it is for the application master itself
     */
    record ContainerGranted(
            ContainerId container, NodeId node, AskKey key, Resource resource, boolean master, long atMs)
            implements ContainerEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.containers().containerGranted(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return container.attempt().application();
        }

        @Override
        public NodeId touchedNode() {
            return node;
        }
    }

    /** The node reports that the container's process runs. */
    record ContainerStarted(ContainerId container) implements ContainerEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.containers().containerStarted(this);
        }
    }

    /**
     * A container has another size, and so a new version. The node learns of a smaller one from the RM, of a larger one from
     * the master.
     */
    record ContainerResized(ContainerId container, NodeId node, UpdateWish.Kind kind, Resource size, long atMs)
            implements ContainerEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.containers().containerResized(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return container.attempt().application();
        }

        @Override
        public NodeId touchedNode() {
            return node;
        }
    }

    /** The node has made the container as large as it was allowed to be. */
    record IncreaseSettled(ContainerId container) implements ContainerEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.containers().increaseSettled(this);
        }
    }

    /**
     * A container is owed to others: its master will be told, and after a while it is ended.
     *
     * @param why in a sentence that a person can read
     */
    record PreemptionNoticed(ContainerId container, String why, long atMs) implements ContainerEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.containers().preemptionNoticed(this);
        }
    }

    /** A container's node has become too small for it: its master will be told that it may be ended. */
    record LossAnnounced(ContainerId container) implements ContainerEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.containers().lossAnnounced(this);
        }
    }

    /** The container is not owed to anybody any more. */
    record PreemptionWithdrawn(ContainerId container) implements ContainerEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.containers().preemptionWithdrawn(this);
        }
    }

    /** The node is told to end a running container; until it has, the room stays taken. */
    record ContainerStopping(ContainerExit exit) implements ContainerEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.containers().containerStopping(this);
        }
    }

    /** The container is over and its room free. */
    record ContainerEnded(ContainerExit exit, NodeId node, long atMs) implements ContainerEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.containers().containerEnded(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return exit.container().attempt().application();
        }

        @Override
        public NodeId touchedNode() {
            return node;
        }
    }
}
