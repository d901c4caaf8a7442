package dev.heddle.rm.model;

/** Something that a container's process is to be told. */
public record ContainerToSignal(ContainerId container, ContainerSignal signal) {}
