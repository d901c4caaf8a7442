package dev.heddle.common.rpc.client;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls to whichever resource manager leads. A call that comes to nothing for want of a leader ({@link LeaderSearch#passesOn})
 * is made again, unchanged, with the next one; so it may be carried out twice, as all of YARN's calls may. Calls come from
 * any thread; the rest happens on one I/O thread, where futures are completed too: what hangs on a future must not wait.
 */
public final class LeaderConnection implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LeaderConnection.class);

    /**
     * How long to wait.
     *
     * @param answer for the answer of one resource manager, before the next one is asked
     * @param search for a leader, from the call on; it is tried with each of them once at least
     */
    public record Patience(Duration answer, Duration search) {
        /** What stands for a search without an end. */
        private static final long FOR_EVER = -1;

        private static final Duration EVER = Duration.ofDays(365);

        /** Searches for as long as {@code yarn.resourcemanager.connect.max-wait.ms} says. */
        public static Patience of(Configuration configuration, Duration answer) {
            long maxWaitMs = configuration.getLong(
                    YarnConfiguration.RESOURCEMANAGER_CONNECT_MAX_WAIT_MS,
                    YarnConfiguration.DEFAULT_RESOURCEMANAGER_CONNECT_MAX_WAIT_MS);
            return new Patience(answer, maxWaitMs == FOR_EVER ? EVER : Duration.ofMillis(maxWaitMs));
        }
    }

    private final LeaderSearch search;
    private final Patience patience;
    private final ScheduledExecutorService loop;

    // These belong to the loop.
    private final Set<Asked<?, ?>> unanswered = new HashSet<>();
    private boolean closed;

    /** A call until it has its answer. */
    private static final class Asked<Q extends Message, R extends Message> {
        final RpcCall<Q, R> call;
        final Q request;
        final long begunNanos = System.nanoTime();
        final CompletableFuture<R> answer = new CompletableFuture<>();
        int failures;
        /** What is under way for it: an attempt, or the pause before the next. */
        @Nullable
        Future<?> underWay;

        Asked(RpcCall<Q, R> call, Q request) {
            this.call = call;
            this.request = request;
        }
    }

    /**
     * Asks nobody yet.
     *
     * @param search for this connection alone, which closes it
     * @param loop one I/O thread
     */
    public LeaderConnection(LeaderSearch search, Patience patience, ScheduledExecutorService loop) {
        this.search = search;
        this.patience = patience;
        this.loop = loop;
    }

    /**
     * Makes a call.
     *
     * @return fails with the leader's own answer, as {@link RpcConnection#call} does, or with the last failure where there
     *     was no leader for too long; cancelling it ends the search
     */
    public <Q extends Message, R extends Message> CompletableFuture<R> call(RpcCall<Q, R> call, Q request) {
        Asked<Q, R> asked = new Asked<>(call, request);
        try {
            loop.execute(() -> begin(asked));
        } catch (RejectedExecutionException e) {
            asked.answer.completeExceptionally(new IOException(call + " was not sent: the I/O threads have ended", e));
        }
        return asked.answer;
    }

    /** Calls as somebody else, or with another token, from now on. */
    public void identify(RpcIdentity another) {
        loop.execute(() -> search.identify(another));
    }

    private void begin(Asked<?, ?> asked) {
        if (closed) {
            asked.answer.completeExceptionally(closedFailure(asked));
        } else {
            unanswered.add(asked);
            attempt(asked);
        }
    }

    private <Q extends Message, R extends Message> void attempt(Asked<Q, R> asked) {
        if (asked.answer.isDone()) {
            unanswered.remove(asked);
            return;
        }
        RpcConnection leader = search.connection();
        asked.underWay = leader.call(asked.call, asked.request, patience.answer())
                .whenCompleteAsync((response, failure) -> settle(asked, leader, response, failure), loop);
    }

    private <R extends Message> void settle(
            Asked<?, R> asked, RpcConnection leader, @Nullable R response, @Nullable Throwable failure) {
        if (failure == null) {
            search.succeeded();
            unanswered.remove(asked);
            asked.answer.complete(response);
        } else if (!LeaderSearch.passesOn(failure)) {
            search.succeeded();
            unanswered.remove(asked);
            asked.answer.completeExceptionally(LeaderSearch.cause(failure));
        } else if (!closed) {
            passOn(asked, leader, LeaderSearch.cause(failure));
        }
    }

    private void passOn(Asked<?, ?> asked, RpcConnection leader, Throwable failure) {
        long pauseMs = search.failed(leader, failure);
        asked.failures++;
        long searchedNanos = System.nanoTime() - asked.begunNanos;
        boolean patient = patience.search().compareTo(Duration.ofNanos(searchedNanos)) > 0;
        if (patient || asked.failures < search.size()) {
            log.debug("{} is asked again in {} ms", asked.call, pauseMs);
            asked.underWay = loop.schedule(() -> attempt(asked), pauseMs, TimeUnit.MILLISECONDS);
        } else {
            unanswered.remove(asked);
            asked.answer.completeExceptionally(failure);
        }
    }

    private static IOException closedFailure(Asked<?, ?> asked) {
        return new IOException(asked.call + " has no answer: the connection to the resource manager was closed");
    }

    /** Ends the connection, soon; calls that have no answer by then fail, and so do later ones. */
    @Override
    public void close() {
        try {
            loop.execute(this::shut);
        } catch (RejectedExecutionException e) {
            log.debug("the connection to the resource managers ended with the I/O threads");
        }
    }

    private void shut() {
        closed = true;
        for (Asked<?, ?> asked : unanswered) {
            Future<?> underWay = asked.underWay;
            if (underWay != null) {
                underWay.cancel(false);
            }
            asked.answer.completeExceptionally(closedFailure(asked));
        }
        unanswered.clear();
        search.close();
    }
}
