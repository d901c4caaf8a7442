package dev.heddle.rm.command;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.NodeId;
import java.util.List;

/**
 * What a master learns when it registers.
 *
 * @param maximumCapability the largest container that it may ask for
 * @param queue that its application runs in
 * @param containers that it takes over from the attempt before, or had itself before it registered again
 * @param tokensFor the nodes of these, for each of which it gets a token
 */
public record MasterRegistered(
        Resource maximumCapability, String queue, List<Allocation.Grant> containers, List<NodeId> tokensFor) {}
