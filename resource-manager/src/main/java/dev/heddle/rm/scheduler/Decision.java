package dev.heddle.rm.scheduler;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.NodeId;

/** What the scheduler would do next for an ask of an attempt. */
public sealed interface Decision {
    AttemptId attempt();

    AskKey key();

    NodeId node();

    /** What counts of the size of the container. */
    Resource resource();

    /** It gets a container now. */
    record Placement(AttemptId attempt, AskKey key, NodeId node, Resource resource) implements Decision {}

    /** It comes first, but no node has the room: a node is kept for it, lest those behind it take what becomes free. */
    record Keep(AttemptId attempt, AskKey key, NodeId node, Resource resource) implements Decision {}
}
