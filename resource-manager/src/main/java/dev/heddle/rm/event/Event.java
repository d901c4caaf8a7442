package dev.heddle.rm.event;

import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * Something that has happened. Times are in ms since 1970.
 *
 * <p>{@link Durable} events must survive the RM. {@link Soft} ones need not: after a failover they come back from what
 * nodes and masters report, as in YARN's work-preserving restart.
 */
public sealed interface Event
        permits ApplicationEvent,
                AttemptEvent,
                ContainerEvent,
                NodeEvent,
                MarkEvent,
                QueueEvent,
                Event.Durable,
                Event.Soft {
    /** Calls the visitor's method for this kind of event. */
    void accept(EventVisitors visitors);

    /** The application that looks different to readers after this event, or null. */
    default @Nullable ApplicationId touchedApplication() {
        return null;
    }

    /** The node that looks different to readers after this event, or null. */
    default @Nullable NodeId touchedNode() {
        return null;
    }

    /** Must survive the RM. */
    non-sealed interface Durable extends Event {}

    /** Comes back by itself after a failover, or does not matter then. */
    non-sealed interface Soft extends Event {}
}
