package dev.heddle.rm.state;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.scheduler.placement.FreeCapacityIndex;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Nodes among which a placement chooses: those of a partition, or those of a rack in it. Each has a slot of its own, by
 * which it is found through an index of free capacity; grants go round. Changed by {@link ClusterState} alone.
 */
final class NodePool {
    private final List<@Nullable Node> bySlot = new ArrayList<>();
    private final Deque<Integer> freeSlots = new ArrayDeque<>();
    private final FreeCapacityIndex free = new FreeCapacityIndex();
    private final FreeCapacityIndex totals = new FreeCapacityIndex();
    private int cursor;
    private int size;

    /** The slot that the next node to join takes: one that was left, or else a new one at the end. */
    int nextSlot() {
        Integer left = freeSlots.peek();
        return left != null ? left : bySlot.size();
    }

    /** Takes a node in at {@link #nextSlot}. It is not found before its free capacity is set. */
    void join(Node node) {
        Integer left = freeSlots.poll();
        if (left != null) {
            bySlot.set(left, node);
        } else {
            bySlot.add(node);
        }
        size++;
    }

    void leave(int slot) {
        free.clear(slot);
        totals.clear(slot);
        bySlot.set(slot, null);
        freeSlots.add(slot);
        size--;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void set(int slot, Resource freeNow, Resource total) {
        free.set(slot, freeNow);
        totals.set(slot, total);
    }

    /** A container went to this slot: the next search begins behind it. */
    void granted(int slot) {
        cursor = slot + 1;
    }

    /** The first node, from the start or from where the last grant was, with the room that may be taken; or null. */
    @Nullable
    Node withRoom(Resource wanted, boolean fromStart, Predicate<Node> allowed) {
        int slot = free.find(wanted, fromStart ? 0 : cursor, candidate -> {
            Node node = bySlot.get(candidate);
            return node != null && allowed.test(node);
        });
        return slot == FreeCapacityIndex.NONE ? null : bySlot.get(slot);
    }

    /** The node with the most memory free, or null where there is none. */
    @Nullable
    Node withMostFree() {
        int slot = free.slotWithMostMemory();
        return slot == FreeCapacityIndex.NONE ? null : bySlot.get(slot);
    }

    Resource largestFree() {
        return free.largestFree();
    }

    Resource largestTotal() {
        return totals.largestFree();
    }
}
