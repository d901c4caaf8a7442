package dev.heddle.rm.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.Reservation;
import dev.heddle.rm.scheduler.Beginnings;
import dev.heddle.rm.scheduler.Decision;
import dev.heddle.rm.scheduler.Scheduler;
import dev.heddle.rm.state.Application;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Line;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.Partition;
import dev.heddle.rm.state.Queue;
import dev.heddle.rm.state.QueueShare;
import dev.heddle.rm.state.Size;
import dev.heddle.rm.state.UserShare;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** What always holds of queues: their sums are the sums of their parts, counted again from the containers. */
final class QueueInvariants {
    private QueueInvariants() {}

    private record Place(String queue, String label, String user) {}

    static void check(ClusterState state) {
        Map<Place, Resource> used = new HashMap<>();
        Map<String, Resource> masters = new HashMap<>();
        Map<String, Integer> live = new HashMap<>();
        Map<String, Integer> active = new HashMap<>();
        for (Application application : state.applications()) {
            String path = application.queue().path();
            String user = application.spec().user();
            if (!application.isOver()) {
                live.merge(path, 1, Integer::sum);
            }
            for (Attempt attempt : application.attempts()) {
                if (attempt.isActive()) {
                    assertThat(attempt.isOver()).isFalse();
                    active.merge(path, 1, Integer::sum);
                    masters.merge(path, Beginnings.master(state, attempt), Resource::plus);
                }
                for (Container container : attempt.containers()) {
                    Node node = Objects.requireNonNull(state.node(container.node()));
                    used.merge(new Place(path, node.label(), user), container.resource(), Resource::plus);
                }
            }
        }
        for (Queue queue : state.queues()) {
            if (queue.spec().isLeaf()) {
                checkLeaf(queue, used, masters.getOrDefault(queue.path(), Resource.NONE));
                assertThat(queue.applications()).isEqualTo(live.getOrDefault(queue.path(), 0));
                assertThat(queue.activeApplications()).isEqualTo(active.getOrDefault(queue.path(), 0));
            } else {
                checkParent(state, queue);
            }
        }
        for (Partition partition : state.partitions()) {
            Resource total = Resource.NONE;
            for (Node node : state.nodes()) {
                if (node.partition() == partition) {
                    total = total.plus(node.takesContainers() ? node.total().max(node.used()) : node.used());
                }
            }
            assertThat(partition.total()).isEqualTo(total);
            checkRoom(state, partition);
            checkReserved(state, partition);
        }
        checkNobodyIsForgotten(state);
    }

    /** Nodes are kept for attempts that know of it, one for each, and are counted for their queues. */
    private static void checkReserved(ClusterState state, Partition partition) {
        Resource all = Resource.NONE;
        for (Node node : state.nodes()) {
            Reservation reservation = node.partition() == partition ? node.reservation() : null;
            if (reservation == null) {
                assertThat(partition.reserved()).doesNotContain(node);
                continue;
            }
            assertThat(partition.reserved()).contains(node);
            assertThat(node.takesContainers()).isTrue();
            Attempt attempt = state.attempt(reservation.attempt());
            assertThat(attempt).isNotNull();
            assertThat(attempt.isOver()).isFalse();
            assertThat(attempt.reserved()).isSameAs(node);
            all = all.plus(reservation.size());
        }
        Resource ofLeaves = Resource.NONE;
        for (Queue queue : state.queues()) {
            if (queue.spec().isLeaf()) {
                ofLeaves = ofLeaves.plus(state.share(queue, partition).reserved());
            }
        }
        assertThat(ofLeaves).isEqualTo(all);
        assertThat(state.share(state.rootQueue(), partition).reserved()).isEqualTo(all);
    }

    /** What is remembered of searches in vain is still so. */
    private static void checkRoom(ClusterState state, Partition partition) {
        for (Size size : partition.sizes()) {
            for (Node node : state.nodes()) {
                boolean eligible = node.partition() == partition
                        || (partition.label().isEmpty() && node.partition().isShared());
                if (!size.mayFit() && eligible && node.takesContainers()) {
                    assertThat(partition.measure().fitsOn(size.resource(), node.room()))
                            .as("%s would fit on %s", size.resource(), node.id())
                            .isFalse();
                }
            }
        }
    }

    /** Nobody waits who could be served, and no node is kept in vain. */
    private static void checkNobodyIsForgotten(ClusterState state) {
        Scheduler scheduler = new Scheduler(state);
        for (Partition partition : state.partitions()) {
            for (Node node : partition.reserved()) {
                assertThat(scheduler.isKeptInVain(node)).as("kept in vain").isFalse();
                assertThat(scheduler.onKept(node)).as("could be served").isNull();
            }
            boolean due = state.takePlacementDue(partition);
            state.wakeAll();
            Decision placement = scheduler.next(partition);
            assertThat(placement).as("could be served").isNull();
            scheduler.endPass();
            state.takePlacementDue(partition);
            if (due) {
                state.makePlacementDue(partition);
            }
        }
    }

    /** Nobody is held who could begin; this is so whenever time has passed. */
    static void checkNobodyIsHeldInVain(ClusterState state) {
        for (Queue queue : state.queues()) {
            for (Attempt attempt : queue.held()) {
                assertThat(Beginnings.obstacle(state, attempt)).isNotNull();
            }
        }
    }

    private static void checkLeaf(Queue queue, Map<Place, Resource> used, Resource masters) {
        Resource ofShares = Resource.NONE;
        Resource ofUsers = Resource.NONE;
        for (QueueShare share : queue.shares()) {
            String label = share.partition().label();
            Resource sum = Resource.NONE;
            Resource ofActive = Resource.NONE;
            double activeWeights = 0;
            for (UserShare user : share.users()) {
                Place place = new Place(queue.path(), label, user.user());
                assertThat(user.used()).isEqualTo(used.getOrDefault(place, Resource.NONE));
                ofUsers = ofUsers.plus(user.masters());
                sum = sum.plus(user.used());
                if (user.isActive()) {
                    ofActive = ofActive.plus(user.used());
                    activeWeights += user.weight();
                }
            }
            ofShares = ofShares.plus(share.masters());
            assertThat(share.used()).isEqualTo(sum);
            assertThat(share.usedByActive()).isEqualTo(ofActive);
            assertThat(share.activeWeights()).isEqualTo(activeWeights);
            assertThat(share.isHungry()).isEqualTo(!share.lines().isEmpty());
            Line before = null;
            for (Line line : share.lines()) {
                assertThat(line.attempts()).as("nobody is left aside").isNotEmpty();
                assertThat(before == null || before.compareTo(line) < 0).isTrue();
                before = line;
            }
        }
        assertThat(ofShares).as("masters").isEqualTo(masters);
        assertThat(ofUsers).as("masters").isEqualTo(masters);
    }

    private static void checkParent(ClusterState state, Queue queue) {
        int applications = 0;
        for (Queue child : queue.children()) {
            applications += child.applications();
        }
        assertThat(queue.applications()).isEqualTo(applications);
        for (QueueShare share : queue.shares()) {
            Resource sum = Resource.NONE;
            boolean hungry = false;
            for (Queue child : queue.children()) {
                QueueShare ofChild = state.share(child, share.partition());
                sum = sum.plus(ofChild.used());
                hungry |= ofChild.isHungry();
            }
            assertThat(share.used()).isEqualTo(sum);
            assertThat(share.isHungry()).isEqualTo(hungry);
        }
    }
}
