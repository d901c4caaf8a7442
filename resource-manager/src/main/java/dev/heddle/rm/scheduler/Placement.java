package dev.heddle.rm.scheduler;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.NodeId;

/** A plan for one container: for which ask of whom, and on which node. */
public record Placement(AttemptId attempt, AskKey key, NodeId node, Resource resource) {}
