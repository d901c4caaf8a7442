package dev.heddle.rm.model;

/** Names a node: the address of its container management port. */
public record NodeId(String host, int port) implements Comparable<NodeId> {
    @Override
    public int compareTo(NodeId other) {
        int byHost = host.compareTo(other.host);
        return byHost != 0 ? byHost : Integer.compare(port, other.port);
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
