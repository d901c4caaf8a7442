package dev.heddle.rm.scheduler;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.NodeId;

/** A plan for one container: on which node, for which ask. */
public record Placement(NodeId node, AskKey key, Resource resource) {}
