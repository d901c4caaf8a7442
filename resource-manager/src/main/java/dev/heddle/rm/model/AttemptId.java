package dev.heddle.rm.model;

/**
 * Names one attempt to run an application.
 *
 * @param number from 1
 */
public record AttemptId(ApplicationId application, int number) implements Comparable<AttemptId> {
    @Override
    public int compareTo(AttemptId other) {
        int byApplication = application.compareTo(other.application);
        return byApplication != 0 ? byApplication : Integer.compare(number, other.number);
    }

    /** As YARN prints it: {@code appattempt_1700000000000_0001_000001}. */
    @Override
    public String toString() {
        return "appattempt_" + application.clusterTimestamp() + "_" + Digits.padded(application.sequence(), 4) + "_"
                + Digits.padded(number, 6);
    }
}
