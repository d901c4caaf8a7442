package dev.heddle.common.resources;

/**
 * An amount of what a node offers and a container takes.
 *
 * @param memoryMb in MiB, not negative
 * @param vcores virtual cores, not negative
 * @param further amounts of other kinds, mostly none
 */
public record Resource(long memoryMb, int vcores, FurtherKinds further) implements Comparable<Resource> {
    public static final Resource NONE = new Resource(0, 0);

    public Resource {
        if (memoryMb < 0 || vcores < 0) {
            throw new IllegalArgumentException("negative resource: " + memoryMb + " MB, " + vcores + " vcores");
        }
    }

    /** Memory and cores alone. */
    public Resource(long memoryMb, int vcores) {
        this(memoryMb, vcores, FurtherKinds.NONE);
    }

    /** What becomes of the amount of one kind. */
    @FunctionalInterface
    public interface Change {
        long of(ResourceKind kind, long amount);
    }

    /** The same with this amount of a further kind. */
    public Resource and(ResourceKind kind, long amount) {
        FurtherKinds one = FurtherKinds.of(kind, amount);
        return new Resource(
                memoryMb,
                vcores,
                further.map((other, had) -> other.equals(kind) ? 0 : had).with(one, Long::sum));
    }

    /** How much there is of a kind, memory and cores among them. */
    public long amount(ResourceKind kind) {
        if (kind.equals(ResourceKind.MEMORY)) {
            return memoryMb;
        }
        return kind.equals(ResourceKind.VCORES) ? vcores : further.amount(kind);
    }

    /** Kind by kind, those of which there is something besides memory and cores; more cores than can be are cut. */
    public Resource map(Change change) {
        return new Resource(
                change.of(ResourceKind.MEMORY, memoryMb),
                cores(change.of(ResourceKind.VCORES, vcores)),
                further.map(change));
    }

    private static int cores(long amount) {
        return (int) Math.min(Integer.MAX_VALUE, amount);
    }

    public Resource plus(Resource other) {
        return new Resource(memoryMb + other.memoryMb, vcores + other.vcores, further.with(other.further, Long::sum));
    }

    /**
     * The difference.
     *
     * @throws IllegalArgumentException if the other amount does not fit in this one
     */
    public Resource minus(Resource other) {
        return new Resource(
                memoryMb - other.memoryMb, vcores - other.vcores, further.with(other.further, (one, two) -> one - two));
    }

    /** The difference, and zero in a dimension where it would be negative. */
    public Resource minusOrZero(Resource other) {
        return new Resource(
                Math.max(0, memoryMb - other.memoryMb),
                Math.max(0, vcores - other.vcores),
                further.with(other.further, (one, two) -> Math.max(0, one - two)));
    }

    public boolean fitsIn(Resource room) {
        return memoryMb <= room.memoryMb && vcores <= room.vcores && further.fitsIn(room.further);
    }

    /** The larger of the two in each dimension. */
    public Resource max(Resource other) {
        return new Resource(
                Math.max(memoryMb, other.memoryMb),
                Math.max(vcores, other.vcores),
                further.with(other.further, Math::max));
    }

    /** The smaller of the two in each dimension. */
    public Resource min(Resource other) {
        return new Resource(
                Math.min(memoryMb, other.memoryMb),
                Math.min(vcores, other.vcores),
                further.with(other.further, Math::min));
    }

    /** By memory, then cores, then the further kinds: so that different amounts can be told apart. */
    @Override
    public int compareTo(Resource other) {
        int order = Long.compare(memoryMb, other.memoryMb);
        if (order == 0) {
            order = Integer.compare(vcores, other.vcores);
        }
        return order != 0 ? order : further.compareTo(other.further);
    }

    /** As people read it: {@code 512 MB, 2 vcores, 1 yarn.io/gpu}. */
    @Override
    public String toString() {
        return memoryMb + " MB, " + vcores + (vcores == 1 ? " vcore" : " vcores")
                + (further.isEmpty() ? "" : ", " + further);
    }
}
