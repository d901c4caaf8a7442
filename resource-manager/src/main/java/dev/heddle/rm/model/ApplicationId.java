package dev.heddle.rm.model;

/**
 * Names an application.
 *
 * @param clusterTimestamp when the RM that gave the id began to lead, in ms since 1970
 * @param sequence from 1
 */
public record ApplicationId(long clusterTimestamp, int sequence) implements Comparable<ApplicationId> {
    @Override
    public int compareTo(ApplicationId other) {
        int byTimestamp = Long.compare(clusterTimestamp, other.clusterTimestamp);
        return byTimestamp != 0 ? byTimestamp : Integer.compare(sequence, other.sequence);
    }

    /** As YARN prints it: {@code application_1700000000000_0001}. */
    @Override
    public String toString() {
        return "application_" + clusterTimestamp + "_" + Digits.padded(sequence, 4);
    }
}
