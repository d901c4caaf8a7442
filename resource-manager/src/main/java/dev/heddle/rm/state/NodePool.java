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
 * Nodes among which a placement chooses: all of them, or those of a rack. Each has a slot of its own, by which it is found
 * through an index of free capacity; grants go round. Changed by {@link ClusterState} alone.
 */
final class NodePool {
    private final List<@Nullable Node> bySlot = new ArrayList<>();
    private final Deque<Integer> freeSlots = new ArrayDeque<>();
    private final FreeCapacityIndex free = new FreeCapacityIndex();
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
        bySlot.set(slot, null);
        freeSlots.add(slot);
        size--;
    }

    /** The node that has a slot, or null. */
    @Nullable
    Node at(int slot) {
        return bySlot.get(slot);
    }

    boolean isEmpty() {
        return size == 0;
    }

    void setFree(int slot, Resource capacity) {
        free.set(slot, capacity);
    }

    /** The node at a slot is not found until its free capacity is set again. */
    void clearFree(int slot) {
        free.clear(slot);
    }

    /** A container went to this slot: the next search begins behind it. */
    void granted(int slot) {
        cursor = slot + 1;
    }

    /** The node that is first in turn, going round, among those with the room that may be taken; or null. */
    @Nullable
    Node withRoom(Resource wanted, Predicate<Node> allowed) {
        int slot = free.find(wanted, cursor, candidate -> {
            Node node = bySlot.get(candidate);
            return node != null && allowed.test(node);
        });
        return slot == FreeCapacityIndex.NONE ? null : bySlot.get(slot);
    }

    Resource largestFree() {
        return new Resource(Math.max(0, free.largestFreeMemoryMb()), Math.max(0, free.largestFreeVcores()));
    }
}
