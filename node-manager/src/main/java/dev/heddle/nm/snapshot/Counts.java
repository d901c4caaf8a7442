package dev.heddle.nm.snapshot;

/**
 * What has happened on this node since it started. Immutable.
 *
 * @param accepted containers that were to be started
 * @param launched those whose processes have run
 * @param completed those that ended by themselves and well
 * @param failed those that ended by themselves and badly, or could not be started
 * @param killed those that somebody wanted dead
 */
public record Counts(long accepted, long launched, long completed, long failed, long killed) {
    static final Counts NONE = new Counts(0, 0, 0, 0, 0);
}
