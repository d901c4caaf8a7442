package dev.heddle.nm.localization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.nm.directories.NodeDirectories;
import dev.heddle.nm.localization.ResourceRequest.Kind;
import dev.heddle.nm.localization.ResourceRequest.Visibility;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.util.Times;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The test's own thread is the writer: it runs what the workers hand back. */
class ResourceCacheTest {
    private static final long LIMIT_S = 30;

    private final BlockingQueue<Runnable> handedBack = new LinkedBlockingQueue<>();
    private final List<Runnable> deletions = new ArrayList<>();
    private ExecutorService downloads;
    private Path directory;
    private Path local;
    private NodeDirectories directories;
    private int downloadCount;

    @BeforeEach
    void open(@TempDir Path directory) {
        this.directory = directory;
        downloads = Executors.newFixedThreadPool(2);
        local = directory.resolve("local");
        directories = NodeDirectories.open(List.of(local), "local", List.of(directory.resolve("logs")), "logs");
    }

    @AfterEach
    void close() {
        downloads.shutdownNow();
        directories.close();
    }

    private ResourceCache cache(long targetSizeBytes) {
        return cache(targetSizeBytes, 1);
    }

    private ResourceCache cache(long targetSizeBytes, int downloadsAtATime) {
        return new ResourceCache(
                new Configuration(),
                directories,
                new ResourceCache.Limits(
                        new ResourceCache.Downloads(downloadsAtATime, downloadsAtATime, 0),
                        targetSizeBytes,
                        0,
                        100,
                        new UnpackLimits(1_000_000, 100)),
                new ResourceCache.Threads(
                        task -> {
                            downloadCount++;
                            downloads.execute(task);
                        },
                        deletions::add,
                        handedBack::add,
                        InstantSource.system()),
                ResourceCache.Journal.NONE);
    }

    private static ContainerId container(int application, int number) {
        return ContainerId.newContainerId(
                ApplicationAttemptId.newInstance(ApplicationId.newInstance(1, application), 1), number);
    }

    private static ResourceRequest request(Path source, Kind kind, Visibility visibility) throws IOException {
        return new ResourceRequest(
                "link",
                new org.apache.hadoop.fs.Path(source.toUri()),
                kind,
                Files.getLastModifiedTime(source).toMillis(),
                visibility);
    }

    private static CompletableFuture<Path> acquire(
            ResourceCache cache, ResourceRequest request, ContainerId holder, String user) {
        CompletableFuture<Path> answer = new CompletableFuture<>();
        cache.acquire(request, holder, user, new Credentials(), new ResourceCache.Receiver() {
            @Override
            public void arrived(Path path) {
                answer.complete(path);
            }

            @Override
            public void failed(Exception why) {
                answer.completeExceptionally(why);
            }
        });
        return answer;
    }

    private void runNext() throws InterruptedException {
        Runnable next = handedBack.poll(LIMIT_S, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        next.run();
    }

    private Path file(String name) throws IOException {
        return Files.writeString(directory.resolve(name), "content of " + name);
    }

    @Test
    void shouldFetchOnceForAllWhoAsk() throws Exception {
        ResourceCache cache = cache(0);
        ResourceRequest request = request(file("data"), Kind.FILE, Visibility.PRIVATE);
        List<CompletableFuture<Path>> answers = List.of(
                acquire(cache, request, container(1, 1), "alice"),
                acquire(cache, request, container(1, 2), "alice"),
                acquire(cache, request, container(2, 1), "alice"));
        runNext();

        assertThat(downloadCount).isEqualTo(1);
        Path expected = local.resolve("usercache/alice/filecache/10/data");
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompletedWithValue(expected));
        assertThat(acquire(cache, request, container(3, 1), "alice")).isCompletedWithValue(expected);
        assertThat(expected).hasContent("content of data");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(expected)))
                .isEqualTo("r-x------");
    }

    @Test
    void shouldKeepEachScopeToItself() throws Exception {
        ResourceCache cache = cache(0);
        Path source = file("data");
        ResourceRequest own = request(source, Kind.FILE, Visibility.APPLICATION);
        CompletableFuture<Path> ofApplication = acquire(cache, own, container(1, 1), "alice");
        CompletableFuture<Path> ofAnother = acquire(cache, own, container(2, 1), "alice");
        ResourceRequest users = request(source, Kind.FILE, Visibility.PRIVATE);
        CompletableFuture<Path> ofBob = acquire(cache, users, container(3, 1), "bob");
        for (int i = 0; i < 3; i++) {
            runNext();
        }

        assertThat(ofApplication)
                .isCompletedWithValue(local.resolve("usercache/alice/appcache/application_1_0001/filecache/10/data"));
        assertThat(ofAnother)
                .isCompletedWithValue(local.resolve("usercache/alice/appcache/application_1_0002/filecache/11/data"));
        assertThat(ofBob).isCompletedWithValue(local.resolve("usercache/bob/filecache/12/data"));
    }

    @Test
    void shouldRefuseAFileThatHasChanged() throws Exception {
        ResourceCache cache = cache(0);
        Path source = file("data");
        ResourceRequest request = request(source, Kind.FILE, Visibility.PRIVATE);
        Files.setLastModifiedTime(source, FileTime.fromMillis(1_000));
        CompletableFuture<Path> answer = acquire(cache, request, container(1, 1), "alice");
        runNext();

        assertThat(answer)
                .failsWithin(0, TimeUnit.SECONDS)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("changed on src filesystem")
                .withMessageContaining("was: \"" + Times.formatISO8601(1_000));
        assertThat(local.resolve("usercache/alice/filecache")).isEmptyDirectory();
        assertThat(acquire(cache, request, container(1, 1), "alice")).isNotDone();
        runNext();
        assertThat(downloadCount).isEqualTo(2);
    }

    @Test
    void shouldRefuseAPublicFileThatIsNotPublic() throws Exception {
        ResourceCache cache = cache(0);
        Path source = file("secret");
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rw-------"));
        CompletableFuture<Path> answer =
                acquire(cache, request(source, Kind.FILE, Visibility.PUBLIC), container(1, 1), "alice");
        runNext();

        assertThat(answer)
                .failsWithin(0, TimeUnit.SECONDS)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("is not publicly accessible");
    }

    @Test
    void shouldUnpackAnArchiveIntoADirectoryOfItsName() throws Exception {
        ResourceCache cache = cache(0);
        Path archive = directory.resolve("libs.zip");
        try (OutputStream out = Files.newOutputStream(archive);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("a/b"));
            zip.write(new byte[] {'x'});
            zip.closeEntry();
        }
        CompletableFuture<Path> answer =
                acquire(cache, request(archive, Kind.ARCHIVE, Visibility.PRIVATE), container(1, 1), "alice");
        runNext();

        Path unpacked = local.resolve("usercache/alice/filecache/10/libs.zip");
        assertThat(answer).isCompletedWithValue(unpacked);
        assertThat(unpacked.resolve("a/b")).hasContent("x");
        assertThat(unpacked.getParent())
                .isDirectoryNotContaining(path -> path.toString().endsWith(".packed"));
    }

    @Test
    void shouldDropWhatNobodyHoldsWhenThereIsTooMuch() throws Exception {
        ResourceCache cache = cache(20);
        ResourceRequest first = request(file("first"), Kind.FILE, Visibility.PRIVATE);
        ResourceRequest second = request(file("second"), Kind.FILE, Visibility.PRIVATE);
        CompletableFuture<Path> firstCopy = acquire(cache, first, container(1, 1), "alice");
        runNext();
        CompletableFuture<Path> secondCopy = acquire(cache, second, container(1, 2), "alice");
        runNext();
        cache.release(container(1, 2));
        cache.tick();
        deletions.forEach(Runnable::run);
        assertThat(firstCopy.get()).exists();
        assertThat(secondCopy.get()).doesNotExist();

        deletions.clear();
        cache.release(container(1, 1));
        cache.tick();
        deletions.forEach(Runnable::run);
        assertThat(firstCopy.get()).as("16 bytes fit in 20").exists();
    }

    @Test
    void shouldRemoveACopyThatComesAfterItsApplicationHasEnded() throws Exception {
        ResourceCache cache = cache(0);
        CompletableFuture<Path> answer =
                acquire(cache, request(file("data"), Kind.FILE, Visibility.APPLICATION), container(1, 1), "alice");
        cache.applicationEnded("application_1_0001");
        runNext();
        deletions.forEach(Runnable::run);

        assertThat(answer).isCompletedExceptionally();
        assertThat(local.resolve("usercache/alice/appcache/application_1_0001")).doesNotExist();
    }
}
