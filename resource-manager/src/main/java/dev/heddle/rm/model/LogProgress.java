package dev.heddle.rm.model;

/**
 * How many of the nodes on which an application ran are how far with its logs.
 *
 * @param withFailure that go on although something went wrong
 */
public record LogProgress(int notStarted, int running, int withFailure, int succeeded, int failed) {
    public static final LogProgress NONE = new LogProgress(0, 0, 0, 0, 0);

    /** Whether every node that has logs has said how it ended. */
    public boolean isSettled() {
        return nodes() > 0 && unfinished() == 0;
    }

    private int nodes() {
        return unfinished() + succeeded + failed;
    }

    private int unfinished() {
        return notStarted + running + withFailure;
    }

    /**
     * What that comes to for the application, as YARN's {@code RMAppLogAggregation} has it.
     *
     * @param over whether the application is
     * @param late whether it has been for so long that nodes which have not finished are given up
     */
    public LogState state(boolean over, boolean late) {
        if (nodes() == 0) {
            return LogState.NOT_STARTED;
        }
        boolean givenUp = over && late && unfinished() > 0;
        if (unfinished() == 0 || givenUp) {
            if (!over) {
                return LogState.RUNNING;
            }
            if (failed > 0) {
                return LogState.FAILED;
            }
            return givenUp ? LogState.TIMED_OUT : LogState.SUCCEEDED;
        }
        if (notStarted == nodes()) {
            return LogState.NOT_STARTED;
        }
        return withFailure > 0 ? LogState.RUNNING_WITH_FAILURE : LogState.RUNNING;
    }
}
