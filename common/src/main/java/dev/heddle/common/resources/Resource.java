package dev.heddle.common.resources;

/**
 * An amount of what a node offers and a container takes.
 *
 * @param memoryMb in MiB, not negative
 * @param vcores virtual cores, not negative
 */
public record Resource(long memoryMb, int vcores) {
    public static final Resource NONE = new Resource(0, 0);

    public Resource {
        if (memoryMb < 0 || vcores < 0) {
            throw new IllegalArgumentException("negative resource: " + memoryMb + " MB, " + vcores + " vcores");
        }
    }

    public Resource plus(Resource other) {
        return new Resource(memoryMb + other.memoryMb, vcores + other.vcores);
    }

    /**
     * The difference.
     *
     * @throws IllegalArgumentException if the other amount does not fit in this one
     */
    public Resource minus(Resource other) {
        return new Resource(memoryMb - other.memoryMb, vcores - other.vcores);
    }

    /** The difference, and zero in a dimension where it would be negative. */
    public Resource minusOrZero(Resource other) {
        return new Resource(Math.max(0, memoryMb - other.memoryMb), Math.max(0, vcores - other.vcores));
    }

    public boolean fitsIn(Resource room) {
        return memoryMb <= room.memoryMb && vcores <= room.vcores;
    }

    /** The larger of the two in each dimension. */
    public Resource max(Resource other) {
        return new Resource(Math.max(memoryMb, other.memoryMb), Math.max(vcores, other.vcores));
    }

    /** The smaller of the two in each dimension. */
    public Resource min(Resource other) {
        return new Resource(Math.min(memoryMb, other.memoryMb), Math.min(vcores, other.vcores));
    }

    /** As people read it: {@code 512 MB, 2 vcores}. */
    @Override
    public String toString() {
        return memoryMb + " MB, " + vcores + (vcores == 1 ? " vcore" : " vcores");
    }
}
