package dev.heddle.nm.container;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/**
 * Blocking work that somebody has asked for on one container's account: done by workers, one piece after another, so that
 * no container keeps others from them. Owned by the writer thread.
 */
final class Errands {
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private boolean underWay;

    /** How many are not done. */
    int size() {
        return waiting.size() + (underWay ? 1 : 0);
    }

    /**
     * Has a piece of work done after those that were added before. It must not throw.
     *
     * @param workers where it blocks
     * @param writer the writer thread
     */
    void add(Runnable errand, Executor workers, Executor writer) {
        waiting.add(errand);
        next(workers, writer);
    }

    private void next(Executor workers, Executor writer) {
        Runnable errand = underWay ? null : waiting.poll();
        if (errand == null) {
            return;
        }
        underWay = true;
        workers.execute(() -> {
            errand.run();
            writer.execute(() -> {
                underWay = false;
                next(workers, writer);
            });
        });
    }
}
