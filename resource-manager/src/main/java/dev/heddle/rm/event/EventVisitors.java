package dev.heddle.rm.event;

/** Who takes which events in. */
public record EventVisitors(
        ApplicationEvent.Visitor applications,
        AttemptEvent.Visitor attempts,
        ContainerEvent.Visitor containers,
        NodeEvent.Visitor nodes,
        MarkEvent.Visitor marks,
        QueueEvent.Visitor queues) {}
