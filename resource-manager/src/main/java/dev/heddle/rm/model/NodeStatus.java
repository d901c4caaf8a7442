package dev.heddle.rm.model;

/**
 * How a node says it is.
 *
 * @param healthReport why it is not healthy, or whatever its health script says; may be empty
 * @param healthReportedAtMs when it looked last, in ms since 1970
 * @param containers what all its containers use
 * @param machine what the whole machine uses
 */
public record NodeStatus(
        boolean healthy, String healthReport, long healthReportedAtMs, Utilization containers, Utilization machine) {
    /** A node that has nothing to say. */
    public static final NodeStatus HEALTHY = new NodeStatus(true, "", 0, Utilization.NONE, Utilization.NONE);
}
