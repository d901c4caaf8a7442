package dev.heddle.rm.state;

import dev.heddle.common.resources.Resource;

/** What a user has in a leaf, of one partition. Changed by {@link ClusterState} alone. */
public final class UserShare {
    private final String user;
    private final double weight;
    final Tally used = new Tally();
    final Tally masters = new Tally();

    /** In how many lines the user's attempts wait; the user is active where in any. */
    int lines;

    /** The user's part of the partition, as it is in the sum of the leaf. */
    double part;

    UserShare(String user, double weight) {
        this.user = user;
        this.weight = weight;
    }

    public String user() {
        return user;
    }

    public double weight() {
        return weight;
    }

    public Resource used() {
        return used.sum();
    }

    /** What masters take that run, or may. */
    public Resource masters() {
        return masters.sum();
    }

    /** Whether anything is wanted that is not there yet. */
    public boolean isActive() {
        return lines > 0;
    }
}
