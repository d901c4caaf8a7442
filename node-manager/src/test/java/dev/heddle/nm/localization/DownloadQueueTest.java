package dev.heddle.nm.localization;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The workers are the test's: what has begun and not ended stands in a list. */
class DownloadQueueTest {
    private static final long LIMIT_S = 30;
    private static final UnpackLimits LIMITS = new UnpackLimits(1_000, 10);

    private final Deque<Runnable> begun = new ArrayDeque<>();
    private final List<Runnable> deletions = new ArrayList<>();
    private final List<String> ran = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();

    private DownloadQueue queue(int perApplication, int total, long stallMs) {
        return new DownloadQueue(
                new DownloadQueue.Limits(perApplication, total, stallMs), begun::add, deletions::add, Runnable::run);
    }

    private Download download(String application, String source) {
        return new Download(
                application,
                new org.apache.hadoop.fs.Path(source),
                new Download.Target(Path.of("nowhere"), 0),
                new Transfer(LIMITS),
                () -> {
                    ran.add(source);
                    return new Downloader.Copy(Path.of(source), 1);
                },
                outcome(source));
    }

    private Download.Outcome outcome(String source) {
        return new Download.Outcome() {
            @Override
            public void arrived(Downloader.Copy copy) {
                ended.add(source);
            }

            @Override
            public void failed(Exception why) {
                ended.add(source + " failed: " + why.getMessage());
            }
        };
    }

    private void runAll() {
        while (!begun.isEmpty()) {
            begun.remove().run();
        }
    }

    @Test
    void shouldLetApplicationsTakeTurns() {
        DownloadQueue queue = queue(1, 1, 0);
        for (int i = 0; i < 3; i++) {
            queue.add(download("first", "hdfs://x/a" + i));
        }
        queue.add(download("second", "hdfs://x/b0"));
        queue.add(download("second", "hdfs://x/b1"));
        runAll();
        assertThat(ended).containsExactly("hdfs://x/a0", "hdfs://x/a1", "hdfs://x/b0", "hdfs://x/a2", "hdfs://x/b1");
    }

    @Test
    void shouldNotLetOneApplicationTakeAllWorkers() {
        DownloadQueue queue = queue(2, 8, 0);
        for (int i = 0; i < 5; i++) {
            queue.add(download("first", "hdfs://x/a" + i));
        }
        assertThat(begun).hasSize(2);
        queue.add(download("second", "hdfs://x/b0"));
        assertThat(begun).hasSize(3);
        runAll();
        assertThat(ended).hasSize(6);
    }

    @Test
    void shouldNotLetOneFileSystemTakeAllWorkers() {
        DownloadQueue queue = queue(8, 4, 0);
        for (int i = 0; i < 5; i++) {
            queue.add(download("application" + i, "hdfs://hanging/a" + i));
        }
        assertThat(begun).hasSize(3);
        queue.add(download("other", "s3a://bucket/b"));
        assertThat(begun).hasSize(4);
        begun.removeLast().run();
        assertThat(ended).containsExactly("s3a://bucket/b");
        runAll();
        assertThat(ended).hasSize(6);
    }

    @Test
    void shouldNeverRunWhatWasCancelledWhileItWaited() {
        DownloadQueue queue = queue(1, 1, 0);
        Download first = download("first", "hdfs://x/a");
        Download second = download("second", "hdfs://x/b");
        queue.add(first);
        queue.add(second);
        queue.cancel(second);
        queue.cancel(first);
        runAll();
        assertThat(ran).isEmpty();
        assertThat(ended).isEmpty();
        queue.add(download("third", "hdfs://x/c"));
        runAll();
        assertThat(ended).containsExactly("hdfs://x/c");
    }

    @Test
    void shouldInterruptAndSweepWhatIsCancelledWhileItRuns(@TempDir Path directory) throws Exception {
        BlockingQueue<Runnable> handedBack = new LinkedBlockingQueue<>();
        DownloadQueue queue = new DownloadQueue(
                new DownloadQueue.Limits(1, 1, 0), task -> new Thread(task).start(), deletions::add, handedBack::add);
        Path copy = directory.resolve("copy");
        CountDownLatch runs = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Download download = new Download(
                "application",
                new org.apache.hadoop.fs.Path("hdfs://x/a"),
                new Download.Target(copy, 0),
                new Transfer(LIMITS),
                () -> {
                    Files.createDirectory(copy);
                    runs.countDown();
                    never.await();
                    return new Downloader.Copy(copy, 1);
                },
                outcome("a"));
        queue.add(download);
        assertThat(runs.await(LIMIT_S, TimeUnit.SECONDS)).isTrue();
        queue.cancel(download);
        Runnable back = handedBack.poll(LIMIT_S, TimeUnit.SECONDS);
        assertThat(back).isNotNull();
        back.run();
        deletions.forEach(Runnable::run);
        assertThat(ended).isEmpty();
        assertThat(copy).doesNotExist();
    }

    @Test
    void shouldGiveUpWhatMakesNoProgress() {
        DownloadQueue queue = queue(1, 2, 1_000);
        queue.add(download("first", "hdfs://hanging/a"));
        Instant start = Instant.EPOCH;
        queue.tick(start);
        queue.tick(start.plusMillis(1_000));
        assertThat(ended).isEmpty();
        queue.tick(start.plusMillis(1_001));
        queue.tick(start.plusMillis(5_000));
        assertThat(ended)
                .singleElement()
                .asString()
                .contains("nothing has come from hdfs://hanging for 1000 ms")
                .contains("heddle.nodemanager.localizer.stall-timeout-ms");
        runAll();
        assertThat(ended).as("it has been told").hasSize(1);
        assertThat(deletions).hasSize(1);
    }
}
