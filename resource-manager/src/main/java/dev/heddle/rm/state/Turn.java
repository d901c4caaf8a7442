package dev.heddle.rm.state;

import dev.heddle.rm.model.AttemptId;

/** When an attempt that waits is served: those of higher priority first, among these the earliest application. */
record Turn(int priority, AttemptId attempt) implements Comparable<Turn> {
    @Override
    public int compareTo(Turn other) {
        int byPriority = Integer.compare(other.priority, priority);
        return byPriority != 0 ? byPriority : attempt.compareTo(other.attempt);
    }
}
