package dev.heddle.ha;

/**
 * What an elector tells its owner. Called one at a time from the election's own thread: a call that blocks delays the next
 * one, so hand the work over and return. After a start nobody leads; {@code lead} and {@code standBy} then alternate,
 * beginning with {@code lead}.
 */
public interface LeadershipListener {
    /**
     * This elector leads from now on.
     *
     * @param epoch larger than every epoch that any elector of this cluster was given before; at least 1
     */
    void lead(long epoch);

    /** This elector leads no longer, or cannot be sure that it still does. */
    void standBy();
}
