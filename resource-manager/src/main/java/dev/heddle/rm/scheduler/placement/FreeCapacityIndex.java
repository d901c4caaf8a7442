package dev.heddle.rm.scheduler.placement;

import dev.heddle.common.resources.Resource;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Finds a slot with enough free memory and cores without looking at every slot: a segment tree that keeps, for each range
 * of slots, the largest free memory and the largest number of free cores in it. A slot is a node's place in the tree.
 *
 * <p>A change costs O(log n). A search costs O(log n) as a rule; where memory and cores are free on different nodes of a
 * range it may look into ranges in vain. Nothing is allocated, except when the tree doubles. Owned by the core's thread.
 */
public final class FreeCapacityIndex {
    /** What {@link #find} returns where no slot has the room. */
    public static final int NONE = -1;

    private static final int INITIAL_SLOTS = 16;

    private int slots = INITIAL_SLOTS;
    private long[] memoryMb = new long[2 * INITIAL_SLOTS];
    private int[] vcores = new int[2 * INITIAL_SLOTS];

    /** An index in which no slot has room: -1 marks a slot that not even an empty ask fits. */
    public FreeCapacityIndex() {
        Arrays.fill(memoryMb, -1);
        Arrays.fill(vcores, -1);
    }

    /** Sets what is free at a slot. */
    public void set(int slot, Resource free) {
        put(slot, free.memoryMb(), free.vcores());
    }

    /** Takes a slot out: it is never found until it is set again. */
    public void clear(int slot) {
        put(slot, -1, -1);
    }

    private void put(int slot, long freeMemoryMb, int freeVcores) {
        while (slot >= slots) {
            grow();
        }
        int position = slots + slot;
        memoryMb[position] = freeMemoryMb;
        vcores[position] = freeVcores;
        for (position >>= 1; position >= 1; position >>= 1) {
            memoryMb[position] = Math.max(memoryMb[2 * position], memoryMb[2 * position + 1]);
            vcores[position] = Math.max(vcores[2 * position], vcores[2 * position + 1]);
        }
    }

    private void grow() {
        int old = slots;
        long[] oldMemoryMb = memoryMb;
        int[] oldVcores = vcores;
        slots = 2 * old;
        memoryMb = new long[2 * slots];
        vcores = new int[2 * slots];
        Arrays.fill(memoryMb, -1);
        Arrays.fill(vcores, -1);
        System.arraycopy(oldMemoryMb, old, memoryMb, slots, old);
        System.arraycopy(oldVcores, old, vcores, slots, old);
        for (int position = slots - 1; position >= 1; position--) {
            memoryMb[position] = Math.max(memoryMb[2 * position], memoryMb[2 * position + 1]);
            vcores[position] = Math.max(vcores[2 * position], vcores[2 * position + 1]);
        }
    }

    /**
     * The first slot at or after {@code from}, going round at the end, that has the room.
     *
     * @param from any slot, also one beyond the last
     * @return a slot, or {@link #NONE}
     */
    public int find(Resource wanted, int from) {
        return find(wanted, from, slot -> true);
    }

    /**
     * As {@link #find(Resource, int)} among the slots that may be taken. Each slot with the room that may not costs another
     * O(log n).
     *
     * @param allowed whether a slot may be taken
     */
    public int find(Resource wanted, int from, IntPredicate allowed) {
        int start = from >= slots ? 0 : from;
        Search search = new Search(wanted, allowed);
        int found = find(search, 1, 0, slots, start, slots);
        return found != NONE ? found : find(search, 1, 0, slots, 0, start);
    }

    /** What is looked for. */
    private record Search(Resource wanted, IntPredicate allowed) {}

    /** Searches the part of a range (position, from low, of a width) that lies in [begin, end). */
    private int find(Search search, int position, int low, int width, int begin, int end) {
        if (low >= end || low + width <= begin || !fits(position, search.wanted())) {
            return NONE;
        }
        if (width == 1) {
            return search.allowed().test(low) ? low : NONE;
        }
        int half = width / 2;
        int left = find(search, 2 * position, low, half, begin, end);
        return left != NONE ? left : find(search, 2 * position + 1, low + half, half, begin, end);
    }

    private boolean fits(int position, Resource wanted) {
        return memoryMb[position] >= wanted.memoryMb() && vcores[position] >= wanted.vcores();
    }

    /** The first slot with the most free memory, or {@link #NONE} where there is no slot. */
    public int slotWithMostMemory() {
        if (memoryMb[1] < 0) {
            return NONE;
        }
        int position = 1;
        while (position < slots) {
            position *= 2;
            if (memoryMb[position] < memoryMb[1]) {
                position++;
            }
        }
        return position - slots;
    }

    /** The largest free memory of any slot in MB, or -1 where there is none. */
    public long largestFreeMemoryMb() {
        return memoryMb[1];
    }

    /** The largest number of free cores of any slot, or -1 where there is none. */
    public int largestFreeVcores() {
        return vcores[1];
    }
}
