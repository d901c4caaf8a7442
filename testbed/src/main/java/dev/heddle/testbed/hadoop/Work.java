package dev.heddle.testbed.hadoop;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** Counts what was handed to other threads and is not done, so that somebody can wait until all is. For any thread. */
final class Work {
    private final Lock lock = new ReentrantLock();
    private final Condition done = lock.newCondition();
    private int open;

    void begun() {
        lock.lock();
        try {
            open++;
        } finally {
            lock.unlock();
        }
    }

    void ended() {
        lock.lock();
        try {
            if (open == 0) {
                throw new IllegalStateException("more was ended than begun");
            }
            open--;
            if (open == 0) {
                done.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns when nothing is open; what an open piece begins counts as well. */
    void awaitDone(long limitMs) throws InterruptedException, TimeoutException {
        long leftNanos = TimeUnit.MILLISECONDS.toNanos(limitMs);
        lock.lock();
        try {
            while (open > 0) {
                if (leftNanos <= 0) {
                    throw new TimeoutException(open + " pieces of work are not done within " + limitMs + " ms");
                }
                leftNanos = done.awaitNanos(leftNanos);
            }
        } finally {
            lock.unlock();
        }
    }
}
