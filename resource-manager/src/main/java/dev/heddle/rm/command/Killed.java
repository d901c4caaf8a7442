package dev.heddle.rm.command;

/**
 * The reply to a kill.
 *
 * @param completed whether the application is over
 */
public record Killed(boolean completed) {}
