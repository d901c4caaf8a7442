package dev.heddle.rm.model;

/**
 * How a container ended.
 *
 * @param status the process' exit status, or one of {@link ExitStatus}
 * @param diagnostics for people
 */
public record ContainerExit(ContainerId container, int status, String diagnostics) {}
