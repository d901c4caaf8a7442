package dev.heddle.app.submit;

/**
 * How far an application is, as its submitter sees it.
 *
 * @param state the resource manager's: {@code ACCEPTED}, {@code RUNNING}, …
 * @param tasksTotal tasks that the driver has submitted so far
 */
public record Progress(
        String state, int executorsRunning, int executorsTarget, int tasksCompleted, int tasksRunning, int tasksTotal) {
    static final Progress NONE = new Progress("SUBMITTED", 0, 0, 0, 0, 0);

    Progress inState(String newState) {
        return new Progress(newState, executorsRunning, executorsTarget, tasksCompleted, tasksRunning, tasksTotal);
    }
}
