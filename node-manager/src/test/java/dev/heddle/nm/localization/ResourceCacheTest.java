package dev.heddle.nm.localization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.nm.directories.DisksFailedException;
import dev.heddle.nm.directories.NodeDirectories;
import dev.heddle.nm.directories.TemporaryDisk;
import dev.heddle.nm.localization.ResourceRequest.Kind;
import dev.heddle.nm.localization.ResourceRequest.Visibility;
import dev.heddle.testbed.Await;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.security.token.Token;
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
                WitnessFileSystem.configuration(),
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
        return acquire(cache, request, holder, user, new Credentials());
    }

    private static CompletableFuture<Path> acquire(
            ResourceCache cache, ResourceRequest request, ContainerId holder, String user, Credentials credentials) {
        CompletableFuture<Path> answer = new CompletableFuture<>();
        cache.acquire(request, holder, user, credentials, new ResourceCache.Receiver() {
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

    private static ResourceRequest witnessed(String store, Path source, Visibility visibility) throws IOException {
        return new ResourceRequest(
                "link",
                new org.apache.hadoop.fs.Path("witness://" + store + source),
                Kind.FILE,
                Files.getLastModifiedTime(source).toMillis(),
                visibility);
    }

    @Test
    void shouldReadFromAnyFileSystemWithTheContainersCredentials() throws Exception {
        ResourceCache cache = cache(0);
        Credentials credentials = new Credentials();
        credentials.addToken(
                new Text("service"),
                new Token<>(new byte[] {1}, new byte[] {2}, new Text("WITNESS_TOKEN"), new Text("service")));
        Path source = file("data");
        String store = "credentials-" + directory.getFileName();
        CompletableFuture<Path> own =
                acquire(cache, witnessed(store, source, Visibility.PRIVATE), container(1, 1), "alice", credentials);
        runNext();
        assertThat(own.get()).hasContent("content of data");
        assertThat(WitnessFileSystem.readers(store)).containsExactly("alice [WITNESS_TOKEN]");

        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        CompletableFuture<Path> shared =
                acquire(cache, witnessed(store, source, Visibility.PUBLIC), container(1, 1), "alice", credentials);
        runNext();
        assertThat(shared.get()).hasContent("content of data");
        assertThat(WitnessFileSystem.readers(store).get(1))
                .as("what is public is read as the node manager")
                .endsWith(" []");
    }

    @Test
    void shouldNotLetOneFileSystemThatHangsHoldUpAnother() throws Exception {
        ResourceCache cache = cache(0, 2);
        String store = "hanging-" + directory.getFileName();
        CountDownLatch hanging = WitnessFileSystem.hang(store);
        CompletableFuture<Path> stuck =
                acquire(cache, witnessed(store, file("stuck"), Visibility.PRIVATE), container(1, 1), "alice");
        CompletableFuture<Path> other =
                acquire(cache, request(file("other"), Kind.FILE, Visibility.PRIVATE), container(2, 1), "alice");
        runNext();
        assertThat(other.get()).exists();
        assertThat(stuck).isNotDone();
        hanging.countDown();
        runNext();
        assertThat(stuck.get()).exists();
    }

    @Test
    void shouldEndADownloadThatNobodyWaitsForAnyMore() throws Exception {
        ResourceCache cache = cache(0);
        String store = "ended-" + directory.getFileName();
        CountDownLatch hanging = WitnessFileSystem.hang(store);
        ResourceRequest request = witnessed(store, file("data"), Visibility.PRIVATE);
        CompletableFuture<Path> first = acquire(cache, request, container(1, 1), "alice");
        CompletableFuture<Path> second = acquire(cache, request, container(1, 2), "alice");
        CompletableFuture<Path> waiting =
                acquire(cache, request(file("never"), Kind.FILE, Visibility.PRIVATE), container(1, 1), "alice");
        cache.release(container(1, 1));
        Await.until("the download to hang", Duration.ofSeconds(LIMIT_S), () -> !WitnessFileSystem.readers(store)
                .isEmpty());
        assertThat(handedBack).as("somebody else waits for it").isEmpty();
        cache.release(container(1, 2));
        runNext();
        deletions.forEach(Runnable::run);

        assertThat(List.of(first, second, waiting)).noneMatch(CompletableFuture::isDone);
        assertThat(downloadCount).as("the other one never began").isEqualTo(1);
        assertThat(local.resolve("usercache/alice/filecache")).isEmptyDirectory();
        hanging.countDown();
        CompletableFuture<Path> anew = acquire(cache, request, container(1, 3), "alice");
        runNext();
        assertThat(anew.get()).hasContent("content of data");
    }

    @Test
    void shouldKeepWhatWasUsedLast() throws Exception {
        ResourceCache cache = cache(40);
        List<ResourceRequest> requests = new ArrayList<>();
        List<Path> copies = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            ResourceRequest request = request(file(name), Kind.FILE, Visibility.PRIVATE);
            CompletableFuture<Path> copy = acquire(cache, request, container(1, 1), "alice");
            runNext();
            requests.add(request);
            copies.add(copy.get());
        }
        CompletableFuture<Path> ofApplication =
                acquire(cache, request(file("own"), Kind.FILE, Visibility.APPLICATION), container(1, 1), "alice");
        runNext();
        cache.release(container(1, 1));
        var unused = acquire(cache, requests.get(0), container(1, 2), "alice");
        cache.release(container(1, 2));
        cache.tick();
        deletions.forEach(Runnable::run);
        // Of 12 bytes each.
        assertThat(copies).allSatisfy(copy -> assertThat(copy).exists());

        ResourceRequest larger =
                request(Files.writeString(directory.resolve("larger"), "x".repeat(15)), Kind.FILE, Visibility.PRIVATE);
        var unusedToo = acquire(cache, larger, container(1, 3), "alice");
        runNext();
        cache.tick();
        deletions.forEach(Runnable::run);
        assertThat(copies.get(0)).as("asked for again since").exists();
        assertThat(copies.get(1)).doesNotExist();
        assertThat(copies.get(2)).exists();
        assertThat(ofApplication.get()).as("goes with its application").exists();
    }

    /** The one local directory is on a disk of its own. */
    private void disks(TemporaryDisk disk) {
        directories.close();
        directories = NodeDirectories.open(List.of(disk.path()), "local", List.of(directory.resolve("logs")), "logs");
    }

    @Test
    void shouldSayInNumbersThatADiskIsFullAndLeaveNothingOnIt() throws Exception {
        try (TemporaryDisk disk = TemporaryDisk.mount(directory.resolve("disk"), 1)) {
            disks(disk);
            ResourceCache cache = cache(0);
            Path large = Files.write(directory.resolve("large"), new byte[2 << 20]);
            CompletableFuture<Path> refused =
                    acquire(cache, request(large, Kind.FILE, Visibility.PRIVATE), container(1, 1), "alice");
            runNext();
            assertThat(refused)
                    .failsWithin(0, TimeUnit.SECONDS)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(DisksFailedException.class)
                    .withMessageContaining("2.0 MB do not fit: the disk of " + disk.path())
                    .withMessageContaining(" MB free of 1.0 MB");

            Path archive = directory.resolve("zeros.zip");
            try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
                zip.putNextEntry(new ZipEntry("zeros"));
                zip.write(new byte[2 << 20]);
                zip.closeEntry();
            }
            CompletableFuture<Path> burst =
                    acquire(bursting(), request(archive, Kind.ARCHIVE, Visibility.PRIVATE), container(1, 1), "alice");
            runNext();
            assertThat(burst)
                    .failsWithin(0, TimeUnit.SECONDS)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(DisksFailedException.class)
                    .withMessageContaining("zeros.zip cannot be stored: No space left on device")
                    .withMessageContaining(" 0.0 MB free of 1.0 MB");
            assertThat(disk.path().resolve("usercache/alice/filecache")).isEmptyDirectory();
        }
    }

    private ResourceCache bursting() {
        return new ResourceCache(
                WitnessFileSystem.configuration(),
                directories,
                new ResourceCache.Limits(
                        new ResourceCache.Downloads(1, 1, 0), 0, 0, 100, new UnpackLimits(100_000_000, 100)),
                new ResourceCache.Threads(downloads, deletions::add, handedBack::add, InstantSource.system()),
                ResourceCache.Journal.NONE);
    }

    @Test
    void shouldFetchAnewWhatLiesOnADiskThatHasFailed() throws Exception {
        try (TemporaryDisk disk = TemporaryDisk.mount(directory.resolve("disk"), 1)) {
            disks(disk);
            ResourceCache cache = cache(1_000_000);
            ResourceRequest request = request(file("data"), Kind.FILE, Visibility.PRIVATE);
            CompletableFuture<Path> first = acquire(cache, request, container(1, 1), "alice");
            runNext();
            Path old = first.get();
            disk.readOnly(true);
            cache.disksChanged(directories.check(Runnable::run, 30_000));

            CompletableFuture<Path> nowhere = acquire(cache, request, container(1, 2), "alice");
            assertThat(nowhere)
                    .failsWithin(0, TimeUnit.SECONDS)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(DisksFailedException.class)
                    .withMessageContaining("Most of the disks failed. 1/1 local-dirs have errors: ");
            disk.readOnly(false);
            cache.disksChanged(directories.check(Runnable::run, 30_000));
            CompletableFuture<Path> second = acquire(cache, request, container(1, 2), "alice");
            runNext();
            assertThat(second.get()).hasContent("content of data").isNotEqualTo(old);
            assertThat(old).as("a container still holds it").exists();
            cache.release(container(1, 1));
            deletions.forEach(Runnable::run);
            assertThat(old).doesNotExist();
            assertThat(second.get()).exists();
        }
    }

    @Test
    void shouldMakeRoomOnADiskThatIsFull() throws Exception {
        try (TemporaryDisk disk = TemporaryDisk.mount(directory.resolve("disk"), 1)) {
            disks(disk);
            ResourceCache cache = cache(1_000_000);
            CompletableFuture<Path> idle =
                    acquire(cache, request(file("idle"), Kind.FILE, Visibility.PRIVATE), container(1, 1), "alice");
            runNext();
            cache.release(container(1, 1));
            ResourceRequest used = request(file("used"), Kind.FILE, Visibility.PRIVATE);
            CompletableFuture<Path> held = acquire(cache, used, container(1, 2), "alice");
            runNext();
            disk.fill();
            cache.disksChanged(directories.check(Runnable::run, 30_000));
            deletions.forEach(Runnable::run);

            assertThat(idle.get()).doesNotExist();
            assertThat(acquire(cache, used, container(1, 3), "alice"))
                    .as("what is there may be read")
                    .isCompletedWithValue(held.get());
        }
    }
}
