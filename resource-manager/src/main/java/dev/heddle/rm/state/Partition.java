package dev.heddle.rm.state;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.scheduler.queue.Measure;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The nodes with one label, or those with none: what queues have capacities of, and where asks are placed. Changed by
 * {@link ClusterState} alone.
 */
public final class Partition {
    /** The label of nodes without one. */
    public static final String UNLABELLED = "";

    private static final int RESERVABLE_PART = 10;

    /** By how much proportions may differ and still count as the same. */
    private static final double SAME_PROPORTION = 0.01;

    private final String label;
    private final NodePool pool = new NodePool();
    private final Map<String, NodePool> racks = new HashMap<>();
    private final Map<Resource, Size> sizes = new HashMap<>();
    private int unfit;
    private final Set<Node> reserved = new LinkedHashSet<>();
    private Resource total = Resource.NONE;
    private Resource yardstick = Resource.NONE;
    private Measure measure;

    /** Where asks that name no label may be placed, too. */
    boolean shared;

    /** Heartbeats of nodes with room, and the number of them after which somebody waits no longer for a certain place. */
    private long opportunities;

    private long delayedUntil = Long.MAX_VALUE;

    /** The same by the clock, in ms since 1970. */
    private long delayedUntilMs = Long.MAX_VALUE;

    private int nodes;

    /** Whether somebody who waits may be served since the last pass. */
    private boolean due;

    Partition(String label, Measure measure) {
        this.label = label;
        this.measure = measure;
    }

    public String label() {
        return label;
    }

    /** The capacity of its nodes that take containers, and what is used on the others and on those that have shrunk. */
    public Resource total() {
        return total;
    }

    public Measure measure() {
        return measure;
    }

    /** Whether asks that name no label may be placed here: on nodes without, and on those whose label is not exclusive. */
    public boolean isShared() {
        return shared;
    }

    /** Nobody waits here, and amounts are compared in this way from now on. */
    void begin(Measure by) {
        measure = by;
        sizes.clear();
        unfit = 0;
    }

    /**
     * The capacity of which applications' parts are compared. As it is only their order that counts, it stays while the
     * kinds of resources are there in about the same proportions, such as where more of the same nodes come.
     */
    Resource yardstick() {
        return yardstick;
    }

    /** Brings the yardstick in line with the capacity. Returns whether it is another one now. */
    boolean adjustYardstick() {
        if (total.equals(Resource.NONE) || isProportional(total, yardstick)) {
            return false;
        }
        yardstick = total;
        return true;
    }

    private static boolean isProportional(Resource one, Resource other) {
        boolean[] proportional = {true};
        one.max(other).map((kind, amount) -> {
            double left = (double) one.amount(kind) * other.memoryMb();
            double right = (double) other.amount(kind) * one.memoryMb();
            proportional[0] &= Math.abs(left - right) <= SAME_PROPORTION * Math.max(left, right);
            return amount;
        });
        return proportional[0] && other.memoryMb() > 0;
    }

    void count(Resource before, Resource now) {
        total = total.minus(before).plus(now);
    }

    void list(Node node) {
        nodes++;
        node.poolSlot = pool.nextSlot();
        pool.join(node);
        NodePool rack = racks.computeIfAbsent(node.rack(), name -> new NodePool());
        node.rackSlot = rack.nextSlot();
        rack.join(node);
    }

    void unlist(Node node) {
        nodes--;
        // Whoever waits for a place waits shorter where there are fewer nodes, and not at all for one that is gone.
        due = true;
        pool.leave(node.poolSlot);
        NodePool rack = rack(node);
        rack.leave(node.rackSlot);
        if (rack.isEmpty()) {
            racks.remove(node.rack());
        }
    }

    /** Takes note of what is free on a node that is listed. */
    void setFree(Node node) {
        Resource free = measure.counted(node.room());
        Resource capacity = measure.counted(node.total());
        pool.set(node.poolSlot, free, capacity);
        rack(node).set(node.rackSlot, free, capacity);
    }

    /** Sizes that nothing had room for may fit again. */
    void grown(Resource free) {
        for (Size size : sizes.values()) {
            if (size.unfit && measure.fitsOn(size.resource(), free)) {
                size.unfit = false;
                unfit--;
            }
        }
        due = true;
    }

    void granted(Node node) {
        pool.granted(node.poolSlot);
        rack(node).granted(node.rackSlot);
    }

    private NodePool rack(Node node) {
        return ClusterState.known(racks.get(node.rack()), node.rack());
    }

    /** Whether a node that takes containers is in the rack. */
    public boolean hasRack(String rack) {
        return racks.containsKey(rack);
    }

    /** The number of nodes that take containers. */
    public int nodes() {
        return nodes;
    }

    /** How often a node with room has said that it is there. */
    public long opportunities() {
        return opportunities;
    }

    /** Whether somebody waits until there have been enough of them. */
    boolean countsOpportunities() {
        return delayedUntil < Long.MAX_VALUE;
    }

    /** Somebody waits for certain places until there have been so many opportunities. */
    public void delayUntil(long opportunity) {
        delayedUntil = Math.min(delayedUntil, opportunity);
    }

    /** The same by the clock, in ms since 1970. */
    public void delayUntilMs(long atMs) {
        delayedUntilMs = Math.min(delayedUntilMs, atMs);
    }

    void noteTime(long nowMs) {
        if (nowMs >= delayedUntilMs) {
            delayedUntilMs = Long.MAX_VALUE;
            due = true;
        }
    }

    /** A node has said that it is there. */
    void heardOf(Node node) {
        if (node.listed
                && node.reservation == null
                && !measure.fits(node.total(), node.used())
                && ++opportunities > delayedUntil) {
            delayedUntil = Long.MAX_VALUE;
            due = true;
        }
    }

    /** Whether none of its nodes takes containers. */
    public boolean isEmpty() {
        return racks.isEmpty();
    }

    /**
     * The node that is first in turn among those with the room that may be taken; or null.
     *
     * @param pack whether to begin with the same node each time
     */
    public @Nullable Node nodeWithRoom(Resource wanted, boolean pack, Predicate<Node> allowed) {
        return pool.withRoom(wanted, pack, allowed);
    }

    /** As {@link #nodeWithRoom(Resource, boolean, Predicate)} in one rack. */
    public @Nullable Node nodeWithRoom(String rack, Resource wanted, boolean pack, Predicate<Node> allowed) {
        NodePool nodes = racks.get(rack);
        return nodes == null ? null : nodes.withRoom(wanted, pack, allowed);
    }

    /** The largest free amount of each kind on any node; not always on the same one. */
    public Resource largestFree() {
        return pool.largestFree();
    }

    /** As {@link #largestFree} for the whole capacity. */
    public Resource largestTotal() {
        return pool.largestTotal();
    }

    /** The node with the most memory free, or null where there is no node. */
    public @Nullable Node nodeWithMostFree() {
        return pool.withMostFree();
    }

    /** The nodes that are kept for somebody, for the longest time first. */
    public Collection<Node> reserved() {
        return Collections.unmodifiableCollection(reserved);
    }

    /** How many more nodes may be kept: a tenth of all may be, and at least one. */
    public int reservable() {
        return Math.max(1, nodes / RESERVABLE_PART) - reserved.size();
    }

    void reserve(Node node) {
        reserved.add(node);
        setFree(node);
    }

    void release(Node node) {
        reserved.remove(node);
        setFree(node);
    }

    /** Whether somebody waits for room that no node has, but one could have; a node may be kept for that. */
    public boolean hasLargeWaiting() {
        if (unfit == 0 || reservable() <= 0) {
            return false;
        }
        Resource largest = largestTotal();
        for (Size size : sizes.values()) {
            if (size.unfit && measure.fitsOn(size.resource(), largest)) {
                return true;
            }
        }
        return false;
    }

    /** The sizes that somebody waits for. */
    public Collection<Size> sizes() {
        return Collections.unmodifiableCollection(sizes.values());
    }

    /** The size of an ask, if somebody waits for it here. */
    public @Nullable Size waitedFor(Resource resource) {
        return sizes.get(resource);
    }

    /** Notes that no node has room for a size, until one gets some. */
    public void noteNoRoom(Resource resource) {
        Size size = sizes.get(resource);
        if (size != null && !size.unfit) {
            size.unfit = true;
            unfit++;
        }
    }

    Size size(Resource resource) {
        return sizes.computeIfAbsent(resource, Size::new);
    }

    void forget(Size size) {
        sizes.remove(size.resource());
        if (size.unfit) {
            unfit--;
        }
    }

    /** Whether nobody who waits here can be served for want of room. */
    public boolean isFull() {
        return unfit == sizes.size();
    }

    void makeDue() {
        due = true;
    }

    boolean isDue() {
        return due;
    }

    boolean takeDue() {
        boolean was = due;
        due = false;
        return was;
    }

    @Override
    public String toString() {
        return label.isEmpty() ? "nodes without a label" : "nodes with label " + label;
    }
}
