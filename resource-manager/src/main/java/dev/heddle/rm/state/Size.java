package dev.heddle.rm.state;

import dev.heddle.common.resources.Resource;

/**
 * A size of container that somebody waits for in a partition. All asks of the same size share it, so that a search for
 * room that was in vain is remembered once for all of them.
 */
public final class Size {
    private final Resource resource;
    int lines;
    boolean unfit;

    Size(Resource resource) {
        this.resource = resource;
    }

    public Resource resource() {
        return resource;
    }

    /** Whether a node may have the room: none had when it was last looked for, and none has got any since, where not. */
    public boolean mayFit() {
        return !unfit;
    }
}
