package dev.heddle.app.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Serializable;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an {@link ExecutorService} promises, kept by the one for the cluster. */
final class ClusterExecutorServiceTest {
    private static final long LIMIT_SECONDS = 20;
    /** Reached by tasks, which run in this JVM here. */
    private static final AtomicInteger INTERRUPTED = new AtomicInteger();

    private static volatile CountDownLatch started = new CountDownLatch(1);

    private final LocalGateway gateway = new LocalGateway();
    private final ExecutorService executors = new ClusterExecutorService(gateway);

    @AfterEach
    void close() {
        gateway.close();
    }

    private interface SerializableRunnable extends Runnable, Serializable {}

    private static final class NotSerializable {
        @Override
        public String toString() {
            return "stays here";
        }
    }

    private static final class Secretive extends Exception {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("serial") // That it cannot be serialized is what it is for.
        private final Object held = new NotSerializable();

        Secretive(String message) {
            super(message);
        }

        @Override
        public String getMessage() {
            return super.getMessage() + ", " + held;
        }
    }

    private static Task<Integer> forever() {
        return () -> {
            started.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                INTERRUPTED.incrementAndGet();
                throw e;
            }
            return 0;
        };
    }

    @Test
    void shouldReturnWhatATaskReturns() throws Exception {
        Task<String> task = () -> "done";
        Task<String> nothing = () -> null;
        SerializableRunnable runnable = () -> {};

        assertThat(executors.submit(task).get()).isEqualTo("done");
        assertThat(executors.submit(nothing).get()).isNull();
        assertThat(executors.submit(runnable).get(LIMIT_SECONDS, TimeUnit.SECONDS))
                .isNull();
        assertThat(executors.submit(runnable, "ran").get()).isEqualTo("ran");
    }

    @Test
    void shouldGiveTheSameObjectEachTime() throws Exception {
        Task<int[]> task = () -> new int[] {1};
        Future<int[]> future = executors.submit(task);

        assertThat(future.get()).isSameAs(future.get());
        assertThat(future.isDone()).isTrue();
        assertThat(future.isCancelled()).isFalse();
    }

    @Test
    void shouldThrowWhatATaskThrowsWithItsOwnStackTrace() {
        Task<Integer> task = () -> {
            throw new IllegalArgumentException("wrong");
        };

        assertThatThrownBy(() -> executors.submit(task).get())
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("wrong")
                .satisfies(thrown ->
                        assertThat(thrown.getStackTrace()[0].getClassName()).contains("ClusterExecutorServiceTest"));
    }

    @Test
    void shouldTellInTextWhatCannotTravel() {
        Task<Integer> task = () -> {
            throw new Secretive("hidden");
        };

        assertThatThrownBy(() -> executors.submit(task).get())
                .cause()
                .isInstanceOf(RemoteTaskException.class)
                .hasMessageContaining("Secretive: hidden")
                .hasMessageContaining("at dev.heddle.app");
    }

    @Test
    void shouldRefuseTasksThatCannotTravelAndNameTheClass() {
        NotSerializable captured = new NotSerializable();
        Task<String> captures = captured::toString;
        Callable<String> plain = () -> "plain";

        assertThatThrownBy(() -> executors.submit(captures))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("class " + NotSerializable.class.getName() + " is not serializable")
                .hasMessageContaining("java.io.Serializable");
        assertThatThrownBy(() -> executors.submit(plain))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("is not serializable")
                .hasMessageContaining(Task.class.getName());
        assertThatThrownBy(() -> executors.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void shouldRefuseATaskThatIsTooLarge() {
        byte[] large = new byte[LocalGateway.MAX_PAYLOAD_BYTES];
        Task<Integer> task = () -> large.length;

        assertThatThrownBy(() -> executors.submit(task))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("heddle.rpc.message.maxSize");
    }

    @Test
    void shouldInvokeAll() throws Exception {
        Task<Integer> one = () -> 1;
        Task<Integer> two = () -> 2;
        Task<Integer> three = () -> 3;

        int sum = 0;
        for (Future<Integer> future : executors.invokeAll(List.of(one, two, three))) {
            assertThat(future.isDone()).isTrue();
            sum += future.get();
        }

        assertThat(sum).isEqualTo(6);
    }

    @Test
    void shouldCancelWhatDoesNotEndInTime() throws Exception {
        Task<Integer> one = () -> 1;

        List<Future<Integer>> futures = executors.invokeAll(List.of(one, forever()), 2, TimeUnit.SECONDS);

        assertThat(futures.get(0).get()).isEqualTo(1);
        assertThat(futures.get(1).isCancelled()).isTrue();
    }

    @Test
    void shouldInvokeAny() throws Exception {
        Task<Integer> fails = () -> {
            throw new IllegalStateException("no");
        };
        Task<Integer> two = () -> 2;

        assertThat(executors.invokeAny(List.of(fails, two))).isEqualTo(2);
        assertThat(executors.<Integer>invokeAny(List.of(forever(), two), LIMIT_SECONDS, TimeUnit.SECONDS))
                .isEqualTo(2);
        assertThatThrownBy(() -> executors.invokeAny(List.of(fails, fails)))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("no");
        assertThatThrownBy(() -> executors.invokeAny(List.of(forever()), 1, TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);
        assertThatThrownBy(() -> executors.invokeAny(List.<Callable<Integer>>of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldCancelARunningTask() throws Exception {
        started = new CountDownLatch(1);
        int before = INTERRUPTED.get();
        Future<Integer> future = executors.submit(forever());
        assertThat(started.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();

        assertThat(future.cancel(true)).isTrue();
        assertThat(future.cancel(true)).isFalse();

        assertThat(future.isCancelled()).isTrue();
        assertThatThrownBy(future::get).isInstanceOf(CancellationException.class);
        dev.heddle.testbed.Await.until(
                "the interrupt to arrive",
                java.time.Duration.ofSeconds(LIMIT_SECONDS),
                () -> INTERRUPTED.get() == before + 1);
    }

    @Test
    void shouldFinishWhatItHasAfterAShutdown() throws Exception {
        Task<Integer> task = () -> 4;
        Future<Integer> before = executors.submit(task);
        executors.shutdown();

        assertThat(executors.isShutdown()).isTrue();
        assertThatThrownBy(() -> executors.submit(task))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("shut down");
        assertThat(executors.awaitTermination(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(executors.isTerminated()).isTrue();
        assertThat(before.get()).isEqualTo(4);
    }

    @Test
    void shouldCancelWhatItHasWhenItIsShutDownNow() throws Exception {
        Future<Integer> first = executors.submit(forever());
        Future<Integer> second = executors.submit(forever());
        Future<Integer> waiting = executors.submit(forever());
        assertThat(executors.awaitTermination(1, TimeUnit.MILLISECONDS)).isFalse();

        assertThat(executors.shutdownNow()).isEmpty();

        assertThat(List.of(first, second, waiting)).allMatch(Future::isCancelled);
        assertThat(executors.awaitTermination(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void shouldTerminateAtOnceWithoutTasks() {
        executors.shutdown();

        assertThat(executors.isTerminated()).isTrue();
    }

    @Test
    void shouldSayWhyATaskWasLost() throws Exception {
        started = new CountDownLatch(1);
        Future<Integer> future = executors.submit(forever());
        assertThat(started.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();

        gateway.lose("it was killed");

        assertThatThrownBy(future::get)
                .cause()
                .isInstanceOf(TaskLostException.class)
                .hasMessageContaining("executor 1 on node here: it was killed");
    }

    @Test
    void shouldSayHowToSubmitOutsideOfAnApplication() {
        assertThatThrownBy(ClusterExecutors::newExecutorService)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("heddle submit");
    }
}
