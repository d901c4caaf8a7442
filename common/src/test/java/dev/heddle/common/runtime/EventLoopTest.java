package dev.heddle.common.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventLoopTest {
    private static final FaultHandler NO_FAULTS = (what, cause) -> {
        throw new AssertionError(what, cause);
    };

    private static EventLoop loop(int capacity, FaultHandler faults) {
        return new EventLoop("test-loop", capacity, 60_000, () -> {}, faults);
    }

    @Test
    void shouldRunTasksInOrderOnOneThread() throws Exception {
        List<Integer> ran = new ArrayList<>();
        CompletableFuture<Boolean> own = new CompletableFuture<>();
        try (EventLoop loop = loop(128, NO_FAULTS).start()) {
            IntStream.range(0, 100).forEach(i -> loop.offer(() -> ran.add(i)));
            loop.offer(() -> own.complete(loop.isCurrentThread()));
            assertThat(own.get(10, TimeUnit.SECONDS)).isTrue();
            assertThat(loop.isCurrentThread()).isFalse();
        }
        assertThat(ran)
                .containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
    }

    @Test
    void shouldRefuseTasksWhenTheQueueIsFull() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (EventLoop loop = loop(4, NO_FAULTS).start()) {
            loop.offer(() -> {
                entered.countDown();
                awaitUninterrupted(release);
            });
            entered.await();
            int accepted = 0;
            while (loop.offer(() -> {})) {
                accepted++;
                assertThat(accepted).isLessThanOrEqualTo(4);
            }
            assertThat(accepted).isEqualTo(4);
            release.countDown();
        }
    }

    @Test
    void shouldRunWhatIsQueuedBeforeItCloses() throws Exception {
        List<String> ran = new ArrayList<>();
        EventLoop loop = loop(16, NO_FAULTS).start();
        loop.offer(() -> ran.add("task"));
        loop.close();
        assertThat(ran).containsExactly("task");
        assertThat(loop.offer(() -> ran.add("late"))).isFalse();
        loop.close();
    }

    @Test
    void shouldRunEveryTaskThatItTookWhileOthersCloseIt() throws Exception {
        for (int round = 0; round < 200; round++) {
            EventLoop loop = loop(1 << 16, NO_FAULTS).start();
            AtomicInteger ran = new AtomicInteger();
            AtomicInteger taken = new AtomicInteger();
            CountDownLatch busy = new CountDownLatch(2);
            Runnable offering = () -> {
                busy.countDown();
                while (loop.offer(ran::incrementAndGet)) {
                    taken.incrementAndGet();
                }
            };
            Thread first = new Thread(offering);
            Thread second = new Thread(offering);
            first.start();
            second.start();
            busy.await();
            loop.close();
            first.join();
            second.join();
            assertThat(ran).hasValue(taken.get());
        }
    }

    @Test
    void shouldCloseFromItsOwnThread() throws Exception {
        EventLoop loop = loop(16, NO_FAULTS).start();
        CompletableFuture<Thread> own = new CompletableFuture<>();
        loop.offer(() -> {
            loop.close();
            own.complete(Thread.currentThread());
        });
        own.get(10, TimeUnit.SECONDS).join(10_000);
        assertThat(own.get(10, TimeUnit.SECONDS).isAlive()).isFalse();
        assertThat(loop.offer(() -> {})).isFalse();
    }

    @Test
    void shouldHandATaskThatThrowsToTheFaultHandler() throws Exception {
        CompletableFuture<Throwable> fault = new CompletableFuture<>();
        try (EventLoop loop = loop(16, (what, cause) -> fault.complete(cause)).start()) {
            loop.offer(() -> {
                throw new IllegalStateException("broken");
            });
            assertThat(fault.get(10, TimeUnit.SECONDS)).hasMessage("broken");
        }
    }

    @Test
    void shouldTick() throws Exception {
        CountDownLatch ticks = new CountDownLatch(3);
        try (EventLoop loop = new EventLoop("test-loop", 16, 5, ticks::countDown, NO_FAULTS).start()) {
            assertThat(ticks.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(loop.isCurrentThread()).isFalse();
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
