package dev.heddle.rm.scheduler.placement;

import dev.heddle.common.resources.FurtherKinds;
import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKind;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Finds a slot with enough free memory, cores and whatever else without looking at every slot: by a {@link MaximumTree} of
 * memory and cores, and one more for each further kind that some slot has. A slot is a node's place in the trees.
 *
 * <p>A change costs O(log n). A search costs O(log n) as a rule; where two kinds are free on different nodes of a range it
 * may look into ranges in vain. Nothing is allocated for a slot that is looked at. Owned by the core's thread.
 */
public final class FreeCapacityIndex {
    /** What {@link #find} returns where no slot has the room. */
    public static final int NONE = -1;

    private static final int INITIAL_SLOTS = 16;

    private int slots = INITIAL_SLOTS;

    /** Every slot that was set. */
    private final MaximumTree all = new MaximumTree(null, INITIAL_SLOTS);

    /** Mostly none. */
    private MaximumTree[] ofKinds = new MaximumTree[0];

    /** Sets what is free at a slot. */
    public void set(int slot, Resource free) {
        while (slot >= slots) {
            grow();
        }
        all.set(slot, free.memoryMb(), free.vcores(), 0);
        FurtherKinds further = free.further();
        for (int i = 0; i < further.size(); i++) {
            addKind(further.kind(i));
        }
        for (MaximumTree tree : ofKinds) {
            long amount = further.amount(kind(tree));
            if (amount > 0) {
                tree.set(slot, free.memoryMb(), free.vcores(), amount);
            } else {
                tree.clear(slot);
            }
        }
    }

    private static ResourceKind kind(MaximumTree tree) {
        ResourceKind kind = tree.kind();
        if (kind == null) {
            throw new IllegalStateException("the tree of all slots is not among those of kinds");
        }
        return kind;
    }

    private void addKind(ResourceKind kind) {
        if (indexOf(kind) < 0) {
            ofKinds = Arrays.copyOf(ofKinds, ofKinds.length + 1);
            ofKinds[ofKinds.length - 1] = new MaximumTree(kind, slots);
        }
    }

    private int indexOf(ResourceKind kind) {
        for (int i = 0; i < ofKinds.length; i++) {
            if (kind.equals(ofKinds[i].kind())) {
                return i;
            }
        }
        return -1;
    }

    /** Takes a slot out: it is never found until it is set again. */
    public void clear(int slot) {
        if (slot < slots) {
            all.clear(slot);
            for (MaximumTree tree : ofKinds) {
                tree.clear(slot);
            }
        }
    }

    private void grow() {
        slots = 2 * slots;
        all.grow();
        for (MaximumTree tree : ofKinds) {
            tree.grow();
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
        FurtherKinds further = wanted.further();
        if (further.isEmpty()) {
            return all.find(new MaximumTree.Search(wanted.memoryMb(), wanted.vcores(), 0, allowed), start);
        }
        for (int i = 0; i < further.size(); i++) {
            if (indexOf(further.kind(i)) < 0) {
                return NONE;
            }
        }
        if (further.size() == 1) {
            return ofKinds[indexOf(further.kind(0))].find(
                    new MaximumTree.Search(wanted.memoryMb(), wanted.vcores(), further.amount(0), allowed), start);
        }
        int found = find(wanted, allowed, 1, start, slots);
        return found != NONE ? found : find(wanted, allowed, 1, 0, start);
    }

    /** Searches what of the range at a position lies in [begin, end) for several kinds, in their trees at a time. */
    private int find(Resource wanted, IntPredicate allowed, int position, int begin, int end) {
        int width = Integer.highestOneBit(slots) / Integer.highestOneBit(position);
        int low = (position - Integer.highestOneBit(position)) * width;
        if (low >= end || low + width <= begin || !mayFit(position, wanted)) {
            return NONE;
        }
        if (width == 1) {
            return allowed.test(low) ? low : NONE;
        }
        int left = find(wanted, allowed, 2 * position, begin, end);
        return left != NONE ? left : find(wanted, allowed, 2 * position + 1, begin, end);
    }

    private boolean mayFit(int position, Resource wanted) {
        FurtherKinds further = wanted.further();
        for (int i = 0; i < further.size(); i++) {
            MaximumTree tree = ofKinds[indexOf(further.kind(i))];
            if (!tree.mayFit(position, wanted.memoryMb(), wanted.vcores(), further.amount(i))) {
                return false;
            }
        }
        return true;
    }

    /** The largest free amount of each kind at any slot, not always at the same one; nothing where there is no slot. */
    public Resource largestFree() {
        Resource largest = new Resource(Math.max(0, all.largestMemoryMb()), Math.max(0, all.largestVcores()));
        for (MaximumTree tree : ofKinds) {
            largest = largest.and(kind(tree), Math.max(0, tree.largestAmount()));
        }
        return largest;
    }

    /** The first slot with the most free memory, or {@link #NONE} where there is no slot. */
    public int slotWithMostMemory() {
        return all.slotWithMostMemory();
    }
}
