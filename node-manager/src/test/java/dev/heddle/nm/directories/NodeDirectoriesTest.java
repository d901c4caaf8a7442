package dev.heddle.nm.directories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.heddle.common.UserException;
import dev.heddle.nm.directories.DiskLimits.FreeSpace;
import dev.heddle.nm.directories.DiskLimits.Utilization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks are file systems in memory; checks run on the test's own thread unless a test is about that. */
class NodeDirectoriesTest {
    private static final long LIMIT_MS = 30_000;
    private static final int DISK_MB = 2;
    private static final DiskLimits LIMITS =
            new DiskLimits(Optional.of(new Utilization(100, 100)), Optional.of(new FreeSpace(0, 0)), false, 0.25f);

    private final List<TemporaryDisk> disks = new ArrayList<>();
    private Path directory;
    private Path plain;
    private Path logs;

    @SuppressWarnings("NullAway.Init")
    private NodeDirectories directories;

    @BeforeEach
    void remember(@TempDir Path directory) {
        this.directory = directory;
        plain = directory.resolve("plain");
        logs = directory.resolve("logs");
    }

    @AfterEach
    void clean() throws IOException {
        if (directories != null) {
            directories.close();
        }
        for (TemporaryDisk disk : disks) {
            disk.close();
        }
    }

    private TemporaryDisk disk(String name) throws IOException {
        TemporaryDisk disk = TemporaryDisk.mount(directory.resolve(name), DISK_MB);
        disks.add(disk);
        return disk;
    }

    private NodeDirectories open(DiskLimits limits, Path... local) {
        directories = NodeDirectories.open(List.of(local), "the-local-key", List.of(logs), "the-log-key", limits);
        return directories;
    }

    private DiskChange check() {
        return directories.check(Runnable::run, LIMIT_MS);
    }

    @Test
    void shouldLeaveAFullDiskAndTakeItBack() throws IOException {
        TemporaryDisk disk = disk("disk");
        Path plain = disk("other").path();
        open(new DiskLimits(Optional.of(new Utilization(90, 50)), Optional.empty(), false, 0.25f), disk.path(), plain);
        assertThat(check().conditions()).isFalse();
        Path filling = disk.fill();
        DiskChange change = check();

        assertThat(change.full()).containsExactly(disk.path());
        assertThat(change.lost()).isEmpty();
        assertThat(directories.goodLocalRoots()).containsExactly(plain);
        assertThat(directories.readableLocalRoots()).containsExactly(disk.path(), plain);
        assertThat(directories.areHealthy()).isTrue();
        assertThat(directories.healthReport())
                .startsWith(
                        "1/2 local-dirs usable space is below configured utilization percentage/no more usable space"
                                + " [ " + disk.path() + " : ")
                .endsWith(" ] ; ");
        assertThat(check()).isEqualTo(new DiskChange(Set.of(), Set.of(), false, List.of()));

        Files.write(filling, new byte[(DISK_MB << 20) * 7 / 10]);
        check();
        assertThat(directories.goodLocalRoots()).as("it must come down to 50 %").containsExactly(plain);
        assertThat(directories.healthReport()).contains("used space above threshold of 50.0%");
        Files.delete(filling);
        assertThat(check().conditions()).isTrue();
        assertThat(directories.goodLocalRoots()).containsExactly(disk.path(), plain);
        assertThat(directories.healthReport()).isEmpty();
    }

    @Test
    void shouldLeaveADiskThatHasTooLittleRoom() throws IOException {
        TemporaryDisk disk = disk("disk");
        open(new DiskLimits(Optional.empty(), Optional.of(new FreeSpace(1, 2)), false, 0), disk.path(), plain);
        Path file = Files.write(disk.path().resolve("file"), new byte[(DISK_MB << 20) * 7 / 10]);
        check();
        assertThat(directories.healthReport()).contains("free space below limit of 1MB");
        Files.delete(file);
        check();
        assertThat(directories.healthReport()).isEmpty();
    }

    @Test
    void shouldLeaveADiskThatCannotBeWrittenAndTakeItBack() throws IOException {
        TemporaryDisk disk = disk("disk");
        open(LIMITS, disk.path(), plain);
        Path left = Files.createDirectories(disk.path().resolve("usercache/alice"));
        disk.readOnly(true);
        DiskChange change = check();

        assertThat(change.lost()).containsExactly(disk.path());
        assertThat(directories.readableLocalRoots()).containsExactly(plain);
        assertThat(directories.healthReport())
                .isEqualTo("1/2 local-dirs have errors:  [ " + disk.path() + " : Directory is not writable: "
                        + disk.path() + " ] ");
        assertThatThrownBy(() -> directories.requireGood(disk.path().resolve("x")))
                .isInstanceOf(DisksFailedException.class)
                .hasMessageContaining("not writable");
        directories.delete(left);
        assertThat(left).exists();

        disk.readOnly(false);
        DiskChange back = check();
        assertThat(directories.goodLocalRoots()).containsExactly(disk.path(), plain);
        assertThat(back.trash()).as("what could not be deleted then").containsExactly(left);
        back.trash().forEach(directories::delete);
        assertThat(left).doesNotExist();
        assertThat(check().trash()).isEmpty();
    }

    @Test
    void shouldNoticeThatADiskWasReplaced() throws IOException {
        TemporaryDisk disk = disk("disk");
        open(LIMITS, disk.path(), plain);
        disk.replace();
        DiskChange change = check();

        assertThat(change.lost()).as("what was on it has gone").containsExactly(disk.path());
        assertThat(change.conditions()).isFalse();
        assertThat(NodeDirectories.nodePrivate(disk.path())).isDirectory();
        assertThat(disk.path().resolve("node-manager.lock")).exists();
        assertThat(check().lost()).isEmpty();
    }

    @Test
    void shouldMakeADirectoryAgainThatWasRemoved() throws IOException {
        open(LIMITS, plain);
        Deletion.delete(plain);
        Deletion.delete(logs);
        assertThat(check().lost()).containsExactly(plain);
        assertThat(directories.areHealthy()).isTrue();
        assertThat(logs).isDirectory();
    }

    @Test
    void shouldBeIllWhenTooFewDisksAreGood() throws IOException {
        TemporaryDisk first = disk("first");
        TemporaryDisk second = disk("second");
        open(new DiskLimits(Optional.empty(), Optional.empty(), false, 0.6f), first.path(), second.path(), plain);
        first.readOnly(true);
        check();
        assertThat(directories.areHealthy()).as("two of three are enough").isTrue();
        second.readOnly(true);
        check();
        assertThat(directories.areHealthy()).isFalse();
        assertThatThrownBy(directories::requireGood)
                .isInstanceOf(DisksFailedException.class)
                .hasMessageStartingWith("Most of the disks failed. 2/3 local-dirs have errors: ");
    }

    @Test
    void shouldStartWithoutADiskThatDoesNotWork() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        open(LIMITS, file, plain);
        assertThat(directories.clear()).isEmpty();
        assertThat(directories.goodLocalRoots()).containsExactly(plain);
        assertThat(directories.healthReport()).contains(file + " : Not a directory: " + file);

        Files.delete(file);
        Path earlier = Files.createDirectories(file.resolve("usercache/alice"));
        DiskChange change = check();
        assertThat(directories.goodLocalRoots()).containsExactly(file, plain);
        assertThat(earlier).as("what an earlier node manager has left").doesNotExist();
        assertThat(change.trash())
                .anySatisfy(trash -> assertThat(trash.resolve("alice")).exists());
        assertThat(NodeDirectories.nodePrivate(file)).isDirectory();
    }

    @Test
    void shouldNotStartWithoutAnyDiskOrWithThatOfAnother() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> open(LIMITS, file))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("cannot write to " + file + ", which the-local-key names");
        try (NodeDirectories other = NodeDirectories.open(List.of(plain), "x", List.of(logs), "x")) {
            assertThat(other.areHealthy()).isTrue();
            assertThatThrownBy(() -> open(LIMITS, plain, directory.resolve("more")))
                    .hasMessageContaining("another node manager uses " + plain);
        }
    }

    @Test
    void shouldNotTakeADirectoryThatAnotherNodeManagerHasTakenMeanwhile() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        open(LIMITS, file, plain);
        Files.delete(file);
        try (NodeDirectories other = NodeDirectories.open(List.of(file), "x", List.of(logs), "x")) {
            assertThat(other.areHealthy()).isTrue();
            check();
            assertThat(directories.healthReport()).contains("another node manager uses " + file);
        }
        check();
        assertThat(directories.healthReport()).isEmpty();
    }

    @Test
    void shouldGoOnWithoutADiskThatDoesNotAnswer() throws IOException {
        Path slow = directory.resolve("slow");
        open(LIMITS, slow, plain);
        List<Runnable> stuck = new ArrayList<>();
        Executor threads = task -> {
            // The first one asked is the first directory.
            if (stuck.isEmpty()) {
                stuck.add(task);
            } else {
                task.run();
            }
        };
        assertThat(directories.check(threads, 1).lost()).containsExactly(slow);
        assertThat(directories.goodLocalRoots()).containsExactly(plain);
        assertThat(directories.healthReport()).contains(slow + " : it does not answer");
        directories.check(threads, LIMIT_MS);
        assertThat(directories.goodLocalRoots())
                .as("its check is still under way")
                .containsExactly(plain);

        stuck.get(0).run();
        directories.check(threads, LIMIT_MS);
        directories.check(threads, LIMIT_MS);
        assertThat(directories.goodLocalRoots()).containsExactly(slow, plain);
    }

    @Test
    void shouldLeaveADirectoryWhoseRightsAreTakenAway() throws IOException {
        assumeFalse(System.getProperty("user.name").equals("root"), "not run: root may do everything");
        Path closed = directory.resolve("closed");
        open(LIMITS, closed, plain);
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-x------"));
        check();
        assertThat(directories.healthReport()).contains("Directory is not writable: " + closed);
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        check();
        assertThat(directories.goodLocalRoots()).containsExactly(closed, plain);
    }
}
