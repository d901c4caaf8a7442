package dev.heddle.rm.scheduler.constraint;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.constraint.PlacementConstraint;
import dev.heddle.rm.model.constraint.Requirement;
import dev.heddle.rm.state.Application;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.Partition;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which node of a partition is next for a scheduling request. Where its constraint wants neighbours or an attribute, the
 * places that have them are looked at and no others; where it only forbids, the index of free capacity is asked.
 *
 * @param application that asks
 * @param pack whether to begin with the same node each time
 */
public record ConstrainedPlacement(ClusterState state, Application application, Partition partition, boolean pack) {
    /**
     * A node for one container: with the room, allowed, and such that the request's constraint and the application's are met
     * there now.
     *
     * @param size what counts of the container's
     * @param allowed what else there is to heed
     * @return null where there is none
     */
    public @Nullable Node nodeFor(Requirement requirement, Resource size, Predicate<Node> allowed) {
        Rule rule = Rule.of(state, application, constraint(application, requirement));
        if (rule.isVacuous()) {
            return partition.nodeWithRoom(size, pack, allowed);
        }
        Predicate<Node> fit = node -> rule.admits(node) && allowed.test(node);
        Candidates candidates = rule.candidates();
        return candidates.everywhere() || candidates.size() > state.runningNodes() / 2
                ? partition.nodeWithRoom(size, pack, fit)
                : among(candidates, size, fit);
    }

    /** Whether the request's constraint and the application's are met on a node now, room aside. */
    public Predicate<Node> admitting(Requirement requirement) {
        Rule rule = Rule.of(state, application, constraint(application, requirement));
        return rule.isVacuous() ? node -> true : rule::admits;
    }

    /** What holds for a request: its own constraint and, where it has one tag, the application's for that tag, as in YARN. */
    public static PlacementConstraint constraint(Application application, Requirement requirement) {
        if (requirement.tags().size() != 1 || application.constraints().isEmpty()) {
            return requirement.constraint();
        }
        String tag = requirement.tags().iterator().next();
        PlacementConstraint general = application.constraints().get(tag);
        return general == null
                ? requirement.constraint()
                : new PlacementConstraint.And(List.of(requirement.constraint(), general));
    }

    private @Nullable Node among(Candidates candidates, Resource size, Predicate<Node> fit) {
        for (NodeId id : candidates.nodes()) {
            Node node = state.node(id);
            if (node != null && hasRoom(node, size) && fit.test(node)) {
                return node;
            }
        }
        for (String host : candidates.hosts()) {
            for (Node node : state.nodesOn(host)) {
                if (hasRoom(node, size) && fit.test(node)) {
                    return node;
                }
            }
        }
        for (String rack : candidates.racks()) {
            Node node = partition.nodeWithRoom(rack, size, pack, fit);
            if (node != null) {
                return node;
            }
        }
        return null;
    }

    private boolean hasRoom(Node node, Resource size) {
        return node.takesContainers()
                && node.partition() == partition
                && partition.measure().fitsOn(size, node.room());
    }
}
