package dev.heddle.rm.scheduler.explain;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What stands in the way of an application, or of one of its asks. */
public sealed interface Obstacle {
    /** What is so, with its figures. */
    String what();

    /** What would have to change. */
    String remedy();

    /** Both, as a person reads it. */
    default String sentence() {
        return what() + ": " + remedy();
    }

    /** A queue, or one above it, runs as many applications as it may. */
    record QueueParallel(String queue, int running, int limit) implements Obstacle {
        @Override
        public String what() {
            return "queue " + queue + " runs " + running + " applications at the same time, of " + limit
                    + " that it may";
        }

        @Override
        public String remedy() {
            return "wait for one to end, or raise yarn.scheduler.capacity." + queue + ".max-parallel-apps";
        }
    }

    /** A user runs as many applications as he may. */
    record UserParallel(String user, int running, int limit) implements Obstacle {
        @Override
        public String what() {
            return "user " + user + " runs " + running + " applications at the same time, of " + limit
                    + " that are allowed";
        }

        @Override
        public String remedy() {
            return "wait for one to end, or raise yarn.scheduler.capacity.user." + user + ".max-parallel-apps";
        }
    }

    /** The masters in a queue have what masters may have there. */
    record MasterShare(String queue, Resource wanted, Resource used, Resource limit) implements Obstacle {
        @Override
        public String what() {
            return "its application master wants " + wanted + ", and the masters in queue " + queue + " have " + used
                    + " of " + limit + " that they may have";
        }

        @Override
        public String remedy() {
            return "wait for an application to end, or raise yarn.scheduler.capacity." + queue
                    + ".maximum-am-resource-percent";
        }
    }

    /** A user's masters in a queue have what they may have there. */
    record UserMasterShare(String queue, String user, Resource wanted, Resource used, Resource limit)
            implements Obstacle {
        @Override
        public String what() {
            return "its application master wants " + wanted + ", and the masters of user " + user + " in queue " + queue
                    + " have " + used + " of " + limit + " that they may have";
        }

        @Override
        public String remedy() {
            return "wait for one of the user's applications to end, or raise yarn.scheduler.capacity." + queue
                    + ".user-limit-factor or .maximum-am-resource-percent";
        }
    }

    /** A queue, the leaf or one above it, would exceed its maximum. */
    record QueueMaximum(String queue, String label, Resource wanted, Resource used, Resource maximum)
            implements Obstacle {
        @Override
        public String what() {
            return "queue " + queue + " uses " + used + " of its maximum of " + maximum + " of " + nodesWith(label)
                    + ", and another container takes " + wanted;
        }

        @Override
        public String remedy() {
            return "wait for containers in the queue to end, or raise its maximum-capacity";
        }
    }

    /** A user has what he may have in a queue. */
    record UserLimit(String queue, String user, Resource used, Resource limit, int activeUsers) implements Obstacle {
        @Override
        public String what() {
            return "user " + user + " has " + used + " in queue " + queue + ", over the limit of " + limit + " with "
                    + activeUsers + (activeUsers == 1 ? " user" : " users") + " who want more";
        }

        @Override
        public String remedy() {
            return "wait for containers of the user to end, or raise yarn.scheduler.capacity." + queue
                    + ".user-limit-factor or .minimum-user-limit-percent";
        }
    }

    /** A queue may not use the nodes with a label. */
    record NoAccess(String queue, String label) implements Obstacle {
        @Override
        public String what() {
            return "queue " + queue + " has no part of " + nodesWith(label);
        }

        @Override
        public String remedy() {
            return "add the label to yarn.scheduler.capacity." + queue
                    + ".accessible-node-labels and give it a capacity, or ask for another one";
        }
    }

    /** There are no nodes. */
    record NoNodes(String label) implements Obstacle {
        @Override
        public String what() {
            return label.isEmpty() ? "no node takes containers" : "no node with label " + label + " takes containers";
        }

        @Override
        public String remedy() {
            return "start node managers, or look why they are not in the list of nodes";
        }
    }

    /**
     * No node has the room now.
     *
     * @param largest the largest that is free, or null where none is
     * @param node on which
     * @param kept how many nodes are kept for those who came first
     */
    record NoRoom(String label, Resource wanted, @Nullable Resource largest, String node, int kept)
            implements Obstacle {
        @Override
        public String what() {
            return "none of the " + nodesWith(label) + " has " + wanted + " free"
                    + (largest == null ? "" : ", the largest free is " + largest + " on " + node)
                    + switch (kept) {
                        case 0 -> "";
                        case 1 -> "; one node is kept for a larger container that came first";
                        default -> "; " + kept + " nodes are kept for larger containers that came first";
                    };
        }

        @Override
        public String remedy() {
            return "wait for containers to end, ask for less, or add nodes";
        }
    }

    /**
     * A node is kept for it.
     *
     * @param free what is free there by now
     */
    record Reserved(String node, Resource wanted, Resource free) implements Obstacle {
        @Override
        public String what() {
            return "no node has " + wanted + " free; " + node + " is kept for it, where " + free + " is free by now";
        }

        @Override
        public String remedy() {
            return "wait for containers on " + node + " to end, ask for less, or add nodes";
        }
    }

    /**
     * No node has enough of one kind of resource.
     *
     * @param wanted in the kind's unit
     * @param largest what a node has at most: free now, or at all where nothing that ends would help
     * @param node that has it, or empty where none has any
     */
    record NoRoomOfKind(String label, ResourceKind kind, long wanted, long largest, boolean everFree, String node)
            implements Obstacle {
        @Override
        public String what() {
            return "none of the " + nodesWith(label) + " has " + kind.print(wanted) + (everFree ? " free" : "") + ", "
                    + (node.isEmpty()
                            ? "none has any" + (everFree ? " free" : "")
                            : "the largest " + (everFree ? "free is " : "has ") + kind.print(largest) + " on " + node);
        }

        @Override
        public String remedy() {
            return (everFree ? "wait for containers to end, " : "") + "ask for less, or add nodes that have more of it";
        }
    }

    /** No node is large enough, whatever ends. */
    record NoNodeLargeEnough(String label, Resource wanted, Resource largest) implements Obstacle {
        @Override
        public String what() {
            return "none of the " + nodesWith(label) + " is large enough for " + wanted + ", the largest has "
                    + largest;
        }

        @Override
        public String remedy() {
            return "ask for less, or add larger nodes";
        }
    }

    /** The places that an ask names have no room, and others will not do. */
    record Places(Resource wanted, List<String> places, List<String> unknown) implements Obstacle {
        @Override
        public String what() {
            return unknown.isEmpty()
                    ? "none of " + places + " has " + wanted + " free, and no other place will do"
                    : "no node in use is called " + String.join(" or ", unknown)
                            + (unknown.size() == places.size()
                                    ? ""
                                    : ", none of " + places + " has " + wanted + " free")
                            + ", and no other place will do";
        }

        @Override
        public String remedy() {
            return "wait, name other places, or let any place do (relaxLocality)";
        }
    }

    /**
     * Others have room, but it is too early to give up the places that it names.
     *
     * @param missed how many opportunities have been passed up
     * @param until after how many any node will do
     * @param leftMs for how long at most, or 0 where only opportunities count
     */
    record Patience(List<String> places, long missed, long until, long leftMs) implements Obstacle {
        @Override
        public String what() {
            return "it waits for room on one of " + places + " and has passed up " + missed
                    + " heartbeats of other nodes with room, of " + until
                    + (leftMs == 0 ? "" : "; any node will do in " + leftMs + " ms at the latest");
        }

        @Override
        public String remedy() {
            return "wait for " + Math.max(1, until + 1 - missed)
                    + " more, or lower yarn.scheduler.capacity.node-locality-delay or heddle.scheduler.locality-wait-ms";
        }
    }

    /** Every node with the room is one that the application does not want. */
    record Blacklisted(Resource wanted, int places) implements Obstacle {
        @Override
        public String what() {
            return "every node with " + wanted + " free is among the " + places
                    + " hosts and racks that the application excludes";
        }

        @Override
        public String remedy() {
            return "take some off the application's blacklist, or wait for other nodes";
        }
    }

    /** No node with the room meets the placement constraint. */
    record Constraint(Resource wanted) implements Obstacle {
        @Override
        public String what() {
            return "no node with " + wanted + " free meets its placement constraint";
        }

        @Override
        public String remedy() {
            return "wait for containers or nodes that do, or ask with another constraint";
        }
    }

    /** Nothing: it is about to be served. */
    record Soon() implements Obstacle {
        @Override
        public String what() {
            return "nothing is in the way";
        }

        @Override
        public String remedy() {
            return "it is served when it is its turn";
        }
    }

    private static String nodesWith(String label) {
        return label.isEmpty() ? "nodes without a label" : "nodes with label " + label;
    }
}
