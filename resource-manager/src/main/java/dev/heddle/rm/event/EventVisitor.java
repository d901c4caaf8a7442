package dev.heddle.rm.event;

/** One method for each kind of event, so that a new kind cannot be forgotten where it must be applied. */
public interface EventVisitor {
    void applicationIdTaken(Event.ApplicationIdTaken event);

    void applicationAccepted(Event.ApplicationAccepted event);

    void applicationEnded(Event.ApplicationEnded event);

    void applicationForgotten(Event.ApplicationForgotten event);

    void attemptStarted(Event.AttemptStarted event);

    void attemptLaunched(Event.AttemptLaunched event);

    void attemptRegistered(Event.AttemptRegistered event);

    void attemptFinishing(Event.AttemptFinishing event);

    void attemptEnded(Event.AttemptEnded event);

    void asksReplaced(Event.AsksReplaced event);

    void containerGranted(Event.ContainerGranted event);

    void deliveriesTaken(Event.DeliveriesTaken event);

    void attemptAnswered(Event.AttemptAnswered event);

    void containerStarted(Event.ContainerStarted event);

    void containerStopping(Event.ContainerStopping event);

    void containerEnded(Event.ContainerEnded event);

    void nodeJoined(Event.NodeJoined event);

    void nodeToldToClean(Event.NodeToldToClean event);

    void exitsNoted(Event.ExitsNoted event);

    void nodeAnswered(Event.NodeAnswered event);

    void nodeForgotten(Event.NodeForgotten event);

    void nodeGone(Event.NodeGone event);
}
