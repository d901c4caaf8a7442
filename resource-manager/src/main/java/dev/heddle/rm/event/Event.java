package dev.heddle.rm.event;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.ApplicationState;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.AttemptState;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.FinalStatus;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that has happened. Times are in ms since 1970.
 *
 * <p>{@link Durable} events must survive the RM. {@link Soft} ones need not: after a failover they come back from what
 * nodes and masters report, as in YARN's work-preserving restart.
 */
public sealed interface Event {
    /** Calls the visitor's method for this kind of event. */
    void accept(EventVisitor visitor);

    /** The application that looks different to readers after this event, or null. */
    default @Nullable ApplicationId touchedApplication() {
        return null;
    }

    /** The node that looks different to readers after this event, or null. */
    default @Nullable NodeId touchedNode() {
        return null;
    }

    /** Must survive the RM. */
    sealed interface Durable extends Event {}

    /** Comes back by itself after a failover, or does not matter then. */
    sealed interface Soft extends Event {}

    /** An id was given to somebody who may submit an application under it. */
    record ApplicationIdTaken(ApplicationId application) implements Soft {
        @Override
        public void accept(EventVisitor visitor) {
            visitor.applicationIdTaken(this);
        }
    }

    record ApplicationAccepted(ApplicationId application, ApplicationSpec spec, long atMs) implements Durable {
        @Override
        public void accept(EventVisitor visitor) {
            visitor.applicationAccepted(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return application;
        }
    }

    /** An application has come to its end; {@code diagnostics} says why. */
    record ApplicationEnded(
            ApplicationId application, ApplicationState state, FinalStatus finalStatus, String diagnostics, long atMs)
            implements Durable {
        @Override
        public void accept(EventVisitor visitor) {
            visitor.applicationEnded(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return application;
        }
    }

    /** An application that ended long ago is dropped from the history. */
    record ApplicationForgotten(ApplicationId application) implements Durable {
        @Override
        public void accept(EventVisitor visitor) {
            visitor.applicationForgotten(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return application;
        }
    }

    /** An attempt begins: its master waits for a container, or, if it is unmanaged, for its registration. */
    record AttemptStarted(AttemptId attempt, long atMs) implements Durable {
        @Override
        public void accept(EventVisitor visitor) {
            visitor.attemptStarted(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return attempt.application();
        }
    }

    /** The process of the master was started, or an unmanaged one is expected to register. */
    record AttemptLaunched(AttemptId attempt, long atMs) implements Soft {
        @Override
        public void accept(EventVisitor visitor) {
            visitor.attemptLaunched(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return attempt.application();
        }
    }

    /** The master has registered. */
    record AttemptRegistered(AttemptId attempt, String host, int rpcPort, String trackingUrl, long atMs)
            implements Soft {
        @Override
        public void accept(EventVisitor visitor) {
            visitor.attemptRegistered(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return attempt.application();
        }
    }

    /** The master has said how its application ended; its process may still run. */
    record AttemptFinishing(
            AttemptId attempt, FinalStatus finalStatus, String diagnostics, String trackingUrl, long atMs)
            implements Durable {
        @Override
        public void accept(EventVisitor visitor) {
            visitor.attemptFinishing(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return attempt.application();
        }
    }

    record AttemptEnded(AttemptId attempt, AttemptState state, String diagnostics, long atMs) implements Durable {
        @Override
        public void accept(EventVisitor visitor) {
            visitor.attemptEnded(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return attempt.application();
        }
    }

    /** Rows of asks have replaced former ones. */
    record AsksReplaced(AttemptId attempt, List<Ask> asks) implements Soft {
        @Override
        public void accept(EventVisitor visitor) {
            visitor.asksReplaced(this);
        }
    }

    /**
     * A container was placed.
     *
     * @param master whether it is for the application master itself
     */
    record ContainerGranted(
            ContainerId container, NodeId node, AskKey key, Resource resource, boolean master, long atMs)
            implements Soft {
        @Override
        public void accept(EventVisitor visitor) {
            visitor.containerGranted(this);
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

    /** Everything that waited for the master, grants and exits, is in a reply to it; so are tokens for these nodes. */
    record DeliveriesTaken(AttemptId attempt, List<NodeId> tokensFor, long atMs) implements Soft {
        @Override
        public void accept(EventVisitor visitor) {
            visitor.deliveriesTaken(this);
        }
    }

    /** The master was answered. A repeated call gets the same reply again. */
    record AttemptAnswered(AttemptId attempt, int responseId, float progress, Object reply, long atMs) implements Soft {
        @Override
        public void accept(EventVisitor visitor) {
            visitor.attemptAnswered(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return attempt.application();
        }
    }

    /** The node reports that the container's process runs. */
    record ContainerStarted(ContainerId container) implements Soft {
        @Override
        public void accept(EventVisitor visitor) {
            visitor.containerStarted(this);
        }
    }

    /** The node is told to end a running container; until it has, the room stays taken. */
    record ContainerStopping(ContainerExit exit) implements Soft {
        @Override
        public void accept(EventVisitor visitor) {
            visitor.containerStopping(this);
        }
    }

    /** The container is over and its room free. */
    record ContainerEnded(ContainerExit exit, NodeId node, long atMs) implements Soft {
        @Override
        public void accept(EventVisitor visitor) {
            visitor.containerEnded(this);
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

    /** A node has registered, for the first time or again; it starts without containers. */
    record NodeJoined(NodeId node, Resource total, int httpPort, String version, long atMs) implements Soft {
        @Override
        public void accept(EventVisitor visitor) {
            visitor.nodeJoined(this);
        }

        @Override
        public NodeId touchedNode() {
            return node;
        }
    }

    /** A node must end containers, or forget ended ones, with its next reply. */
    record NodeToldToClean(NodeId node, List<ContainerId> containers, List<ApplicationId> applications)
            implements Soft {
        @Override
        public void accept(EventVisitor visitor) {
            visitor.nodeToldToClean(this);
        }
    }

    /** The end of these containers has been taken note of, so the node may stop reporting it. */
    record ExitsNoted(NodeId node, List<ContainerId> containers) implements Soft {
        @Override
        public void accept(EventVisitor visitor) {
            visitor.exitsNoted(this);
        }
    }

    /** The node was answered. A repeated call gets the same reply again. */
    record NodeAnswered(NodeId node, int responseId, Object reply, long atMs) implements Soft {
        @Override
        public void accept(EventVisitor visitor) {
            visitor.nodeAnswered(this);
        }
    }

    /** A node that went long ago is dropped from the history. */
    record NodeForgotten(NodeId node) implements Soft {
        @Override
        public void accept(EventVisitor visitor) {
            visitor.nodeForgotten(this);
        }

        @Override
        public NodeId touchedNode() {
            return node;
        }
    }

    /** A node is not used any more. */
    record NodeGone(NodeId node, NodeState state, String reason, long atMs) implements Soft {
        @Override
        public void accept(EventVisitor visitor) {
            visitor.nodeGone(this);
        }

        @Override
        public NodeId touchedNode() {
            return node;
        }
    }
}
