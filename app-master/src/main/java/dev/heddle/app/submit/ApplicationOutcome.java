package dev.heddle.app.submit;

/**
 * How an application has ended.
 *
 * @param finalStatus {@code SUCCEEDED}, {@code FAILED} or {@code KILLED}
 * @param diagnostics why it did not succeed; empty where it did
 * @param trackingUrl where more is to be seen
 */
public record ApplicationOutcome(boolean succeeded, String finalStatus, String diagnostics, String trackingUrl) {}
