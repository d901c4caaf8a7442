package dev.heddle.rm.scheduler.placement;

import dev.heddle.common.resources.ResourceKind;
import java.util.Arrays;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A segment tree over slots that keeps, for each range of them, the largest free memory, the largest number of free cores
 * and, if it is for a further kind, the largest free amount of that. The tree of a kind has only those slots where some of
 * it is free: so memory that is free elsewhere does not lead a search for that kind astray.
 */
final class MaximumTree {
    /** Of a slot that is not in it: less than even an empty ask wants. */
    private static final int OUT = -1;

    private final @Nullable ResourceKind kind;
    private int slots;
    private long[] memoryMb;
    private int[] vcores;

    /** Of the further kind; empty where there is none. */
    private long[] amounts;

    /** Without any slot. */
    MaximumTree(@Nullable ResourceKind kind, int slots) {
        this.kind = kind;
        this.slots = slots;
        this.memoryMb = new long[2 * slots];
        this.vcores = new int[2 * slots];
        this.amounts = new long[kind == null ? 0 : 2 * slots];
        Arrays.fill(memoryMb, OUT);
        Arrays.fill(vcores, OUT);
        Arrays.fill(amounts, OUT);
    }

    /** What it is for beside memory and cores, or null. */
    @Nullable
    ResourceKind kind() {
        return kind;
    }

    /** The slot has no part in it. */
    void clear(int slot) {
        if (memoryMb[slots + slot] != OUT) {
            set(slot, OUT, OUT, OUT);
        }
    }

    /**
     * What is free at a slot.
     *
     * @param amount of the further kind, if it is for one
     */
    void set(int slot, long freeMemoryMb, int freeVcores, long amount) {
        int leaf = slots + slot;
        long[] memory = memoryMb;
        int[] cores = vcores;
        memory[leaf] = freeMemoryMb;
        cores[leaf] = freeVcores;
        for (int position = leaf >> 1; position >= 1; position >>= 1) {
            memory[position] = Math.max(memory[2 * position], memory[2 * position + 1]);
            cores[position] = Math.max(cores[2 * position], cores[2 * position + 1]);
        }
        if (kind != null) {
            amounts[leaf] = amount;
            for (int position = leaf >> 1; position >= 1; position >>= 1) {
                amounts[position] = Math.max(amounts[2 * position], amounts[2 * position + 1]);
            }
        }
    }

    private void update(int position) {
        memoryMb[position] = Math.max(memoryMb[2 * position], memoryMb[2 * position + 1]);
        vcores[position] = Math.max(vcores[2 * position], vcores[2 * position + 1]);
        if (kind != null) {
            amounts[position] = Math.max(amounts[2 * position], amounts[2 * position + 1]);
        }
    }

    /** Doubles the slots. */
    void grow() {
        MaximumTree larger = new MaximumTree(kind, 2 * slots);
        System.arraycopy(memoryMb, slots, larger.memoryMb, larger.slots, slots);
        System.arraycopy(vcores, slots, larger.vcores, larger.slots, slots);
        if (kind != null) {
            System.arraycopy(amounts, slots, larger.amounts, larger.slots, slots);
        }
        slots = larger.slots;
        memoryMb = larger.memoryMb;
        vcores = larger.vcores;
        amounts = larger.amounts;
        for (int position = slots - 1; position >= 1; position--) {
            update(position);
        }
    }

    /**
     * What is looked for.
     *
     * @param amount of the further kind, if the tree is for one
     */
    record Search(long memoryMb, int vcores, long amount, IntPredicate allowed) {}

    /** The first slot from {@code from} on, going round at the end, with so much that may be taken. */
    int find(Search search, int from) {
        int found = find(search, 1, 0, slots, from, slots);
        return found != FreeCapacityIndex.NONE ? found : find(search, 1, 0, slots, 0, from);
    }

    /** Searches the part of a range (position, from low, of a width) that lies in [begin, end). */
    private int find(Search search, int position, int low, int width, int begin, int end) {
        if (low >= end
                || low + width <= begin
                || memoryMb[position] < search.memoryMb
                || vcores[position] < search.vcores
                || (kind != null && amounts[position] < search.amount)) {
            return FreeCapacityIndex.NONE;
        }
        if (width == 1) {
            return search.allowed.test(low) ? low : FreeCapacityIndex.NONE;
        }
        int half = width / 2;
        int left = find(search, 2 * position, low, half, begin, end);
        return left != FreeCapacityIndex.NONE ? left : find(search, 2 * position + 1, low + half, half, begin, end);
    }

    /** Whether a range may have a slot with so much; its first range, at position 1, is all of them. */
    boolean mayFit(int position, long wantedMemoryMb, int wantedVcores, long wantedAmount) {
        return memoryMb[position] >= wantedMemoryMb
                && vcores[position] >= wantedVcores
                && (kind == null || amounts[position] >= wantedAmount);
    }

    /** The first slot with the most free memory, or {@link FreeCapacityIndex#NONE} where there is no slot. */
    int slotWithMostMemory() {
        if (memoryMb[1] == OUT) {
            return FreeCapacityIndex.NONE;
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

    long largestMemoryMb() {
        return memoryMb[1];
    }

    int largestVcores() {
        return vcores[1];
    }

    /** Of the further kind. */
    long largestAmount() {
        return amounts[1];
    }
}
