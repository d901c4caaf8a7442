package dev.heddle.rm.model;

/** A node that masters may have to think about again. */
public record NodeChange(NodeId node, Kind kind) {
    /** As YARN's {@code NodeUpdateType}. */
    public enum Kind {
        USABLE,
        UNUSABLE,
        DECOMMISSIONING
    }
}
