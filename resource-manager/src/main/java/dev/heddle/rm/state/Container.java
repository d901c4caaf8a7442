package dev.heddle.rm.state;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerState;
import dev.heddle.rm.model.NodeId;
import org.jspecify.annotations.Nullable;

/** A container that holds room on a node. Changed by {@link ClusterState} alone. */
public final class Container {
    private static final int NEVER = -1;

    private final ContainerId id;
    private final NodeId node;
    private final AskKey key;
    private final boolean master;
    private final long grantedAtMs;

    Resource resource;
    int version;
    ContainerState state = Lifecycles.CONTAINER.initial();

    /** After the grant, or {@link #NEVER}: half the size of a time, for there may be millions of containers. */
    private int acquiredAfterMs = NEVER;

    /** How it will have ended, once it is being stopped. */
    @Nullable
    ContainerExit exit;

    Container(ContainerId id, NodeId node, AskKey key, Resource resource, boolean master, long grantedAtMs) {
        this.id = id;
        this.node = node;
        this.key = key;
        this.resource = resource;
        this.master = master;
        this.grantedAtMs = grantedAtMs;
    }

    public ContainerId id() {
        return id;
    }

    public NodeId node() {
        return node;
    }

    public AskKey key() {
        return key;
    }

    public Resource resource() {
        return resource;
    }

    /** 0 at first, one more with each change of its size. */
    public int version() {
        return version;
    }

    /** Whether the application master runs in it. */
    public boolean isMaster() {
        return master;
    }

    public long grantedAtMs() {
        return grantedAtMs;
    }

    /** When its master was told of it; 0 before. */
    public long acquiredAtMs() {
        return acquiredAfterMs == NEVER ? 0 : grantedAtMs + acquiredAfterMs;
    }

    void acquired(long atMs) {
        acquiredAfterMs = (int) Math.max(0, Math.min(Integer.MAX_VALUE, atMs - grantedAtMs));
    }

    public ContainerState state() {
        return state;
    }

    /** The exit that was decided for a container that is being stopped; null otherwise. */
    public @Nullable ContainerExit decidedExit() {
        return exit;
    }
}
