package dev.heddle.common.rpc.client;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.yarn.exceptions.YarnException;

/** For threads that have nothing to do but to wait for an answer: those of command lines and of {@code main} methods. */
public final class Answers {
    private Answers() {}

    /**
     * Waits.
     *
     * @throws IOException what the call failed with, where it is one; any checked exception but a {@link YarnException}
     *     comes as the cause of one
     * @throws YarnException what the call failed with, where it is one
     */
    public static <R> R await(CompletableFuture<R> answer) throws IOException, YarnException, InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            Throwable cause = LeaderSearch.cause(e.getCause() == null ? e : e.getCause());
            if (cause instanceof IOException failure) {
                throw failure;
            }
            if (cause instanceof YarnException failure) {
                throw failure;
            }
            if (cause instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IOException(cause);
        }
    }
}
