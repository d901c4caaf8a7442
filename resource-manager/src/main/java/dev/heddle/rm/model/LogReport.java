package dev.heddle.rm.model;

/** What a node says of the logs of one application. */
public record LogReport(ApplicationId application, LogState state, String diagnostics) {}
