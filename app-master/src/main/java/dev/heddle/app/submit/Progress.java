package dev.heddle.app.submit;

/**
 * How far an application is, as its submitter sees it.
 *
 * @param state the resource manager's: {@code ACCEPTED}, {@code RUNNING}, …
 * @param waitsFor what the resource manager says an application that does not run yet waits for; else empty
 * @param tasksTotal tasks that the driver has submitted so far
 */
public record Progress(
        String state,
        String waitsFor,
        int executorsRunning,
        int executorsTarget,
        int tasksCompleted,
        int tasksRunning,
        int tasksTotal) {
    static final Progress NONE = new Progress("SUBMITTED", "", 0, 0, 0, 0, 0);

    Progress inState(String newState, String newlyWaitsFor) {
        return new Progress(
                newState, newlyWaitsFor, executorsRunning, executorsTarget, tasksCompleted, tasksRunning, tasksTotal);
    }
}
