package dev.heddle.app.scheduling;

/** How many tasks wait, run, have returned, and have failed, were lost or were cancelled. */
public record TaskCounts(int pending, int running, long completed, long failed) {
    public long total() {
        return pending + running + completed + failed;
    }
}
