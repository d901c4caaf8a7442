package dev.heddle.rm.state;

import dev.heddle.rm.model.AttemptId;

/**
 * When an attempt is served among those of its queue.
 *
 * @param has how much it has, in the order by that; the same for all in the order of submission
 * @param priority higher ones come first among those that have the same
 */
record Turn(double has, int priority, AttemptId attempt) implements Comparable<Turn> {
    @Override
    public int compareTo(Turn other) {
        int order = Double.compare(has, other.has);
        if (order == 0) {
            order = Integer.compare(other.priority, priority);
        }
        return order != 0 ? order : attempt.compareTo(other.attempt);
    }
}
