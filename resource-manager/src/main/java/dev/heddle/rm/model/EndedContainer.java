package dev.heddle.rm.model;

/** How a container has ended, and the node that remembers it until the container's master knows. */
public record EndedContainer(ContainerExit exit, NodeId node) {}
