package dev.heddle.app.master;

import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;

/**
 * How the application ends.
 *
 * @param diagnostics one line, empty on success
 * @param exitStatus of this process
 * @param registered whether the resource manager is to be told; false where it has ended this attempt itself, or where
 *     another attempt shall have its chance
 */
record FinalOutcome(FinalApplicationStatus status, String diagnostics, int exitStatus, boolean registered) {
    /** The driver failed, or the application did. */
    static final int FAILED_STATUS = 1;
    /** This attempt cannot go on; another one may. */
    static final int ATTEMPT_LOST_STATUS = 3;

    static FinalOutcome succeeded() {
        return new FinalOutcome(FinalApplicationStatus.SUCCEEDED, "", 0, true);
    }

    static FinalOutcome failed(String diagnostics) {
        return new FinalOutcome(FinalApplicationStatus.FAILED, diagnostics, FAILED_STATUS, true);
    }

    static FinalOutcome attemptLost(String diagnostics) {
        return new FinalOutcome(FinalApplicationStatus.UNDEFINED, diagnostics, ATTEMPT_LOST_STATUS, false);
    }
}
