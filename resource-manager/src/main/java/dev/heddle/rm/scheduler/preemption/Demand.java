package dev.heddle.rm.scheduler.preemption;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.Node;
import java.util.function.Predicate;

/**
 * So many containers of a size that an attempt waits for and may have.
 *
 * @param size that counts
 * @param allowed whether a node will do, room aside
 */
record Demand(Attempt attempt, Resource size, int count, Predicate<Node> allowed) {}
