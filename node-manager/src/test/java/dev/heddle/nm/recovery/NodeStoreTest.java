package dev.heddle.nm.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.heddle.common.UserException;
import dev.heddle.nm.recovery.NodeStore.Table;
import dev.heddle.testbed.ChildProcess;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeStoreTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String KEY = "recovery.dir";
    private static final int KILLS = 5;
    private static final long MAX_FILE_BYTES = 4 << 20;

    private Path directory;

    @BeforeEach
    void prepare(@TempDir Path directory) {
        this.directory = directory;
    }

    private NodeStore open() {
        return open(directory.resolve("store"));
    }

    private static NodeStore open(Path directory) {
        return NodeStore.open(directory, KEY, (what, cause) -> fail(what, cause));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void shouldKeepWhatIsPutAndNotRemoved() throws Exception {
        try (NodeStore store = open()) {
            store.put(Table.KEYS, "a/1", () -> bytes("one"));
            store.put(Table.KEYS, "a/2", () -> bytes("two"));
            store.put(Table.KEYS, "b/1", () -> bytes("three"));
            store.put(Table.LOGS, "a/1", () -> bytes("four"));
            store.removeAll(Table.KEYS, "a/");
            store.put(Table.LOGS, "x", () -> bytes("five"));
            store.remove(Table.LOGS, "x");
            store.written().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
        try (NodeStore store = open()) {
            assertThat(store.all(Table.KEYS)).containsOnlyKeys("b/1").containsEntry("b/1", bytes("three"));
            assertThat(store.all(Table.LOGS)).containsOnlyKeys("a/1");
        }
    }

    @Test
    void shouldBeReadableByItsOwnerAlone() throws IOException {
        try (NodeStore store = open()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(store.file())))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("store"))))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void shouldBeOneNodeManagersAtATime() {
        try (NodeStore store = open()) {
            assertThat(store.file()).exists();
            assertThatThrownBy(this::open)
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("another node manager uses")
                    .hasMessageContaining(KEY);
        }
    }

    @Test
    void shouldRefuseWhatAnotherVersionHasWritten() throws Exception {
        try (NodeStore store = open()) {
            store.put(Table.NODE, "form", () -> bytes("99"));
        }
        assertThatThrownBy(this::open)
                .isInstanceOf(UserException.class)
                .hasMessageContaining("written by another version")
                .hasMessageContaining("move the file away");
    }

    @Test
    void shouldRefuseWhatIsNoStore() throws IOException {
        Path file = Files.createDirectories(directory.resolve("store")).resolve("node-manager.store");
        Files.write(file, new byte[20_000]);
        assertThatThrownBy(this::open)
                .isInstanceOf(UserException.class)
                .hasMessageContaining("cannot be read")
                .hasMessageContaining("Move it away");
    }

    @Test
    void shouldOpenAgainOrSayWhatToDoWhenItIsCutOff() throws Exception {
        Path file;
        try (NodeStore store = open()) {
            for (int record = 0; record < 200; record++) {
                store.put(Table.CONTAINERS, "record" + record, () -> new byte[2_000]);
                store.written().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            }
            file = store.file();
        }
        long size = Files.size(file);
        Random random = new Random(1);
        for (int cut = 0; cut < 20; cut++) {
            Path folder = Files.createDirectories(directory.resolve("cut" + cut));
            Path copy = folder.resolve(file.getFileName());
            Files.copy(file, copy);
            try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
                channel.truncate((long) (random.nextDouble() * size));
            }
            try (NodeStore store = open(folder)) {
                store.put(Table.NODE, "x", () -> bytes("y"));
                store.written().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            } catch (UserException e) {
                assertThat(e).hasMessageContaining("Move it away");
            }
        }
    }

    @Test
    void shouldLoseNothingThatWasAcknowledgedWhenItsProcessIsKilled() {
        int acknowledged = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            String name = "writer" + kill;
            try (ChildProcess writer = ChildProcess.java(
                    directory,
                    name,
                    Map.of(),
                    List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                    System.getProperty("java.class.path"),
                    Writer.class.getName(),
                    directory.resolve("store").toString(),
                    Integer.toString(acknowledged))) {
                writer.awaitLine((acknowledged + 300 * (kill + 1)) + " ", LIMIT);
                writer.kill();
                writer.awaitExit(LIMIT);
                acknowledged = writer.stdout()
                        .lines()
                        .filter(line -> line.endsWith(" written"))
                        .mapToInt(line -> Integer.parseInt(line.substring(0, line.indexOf(' '))))
                        .max()
                        .orElse(acknowledged);
            }
            try (NodeStore store = open()) {
                Map<String, byte[]> found = store.all(Table.PROGRESS);
                // One more may be written, and the oldest removed with it.
                for (int record = Math.max(1, acknowledged - Writer.LIVE + 2); record <= acknowledged; record++) {
                    assertThat(Arrays.equals(found.get("record" + record), Writer.record(record)))
                            .as("record " + record + " of " + acknowledged)
                            .isTrue();
                }
                assertThat(store.file())
                        .as("what is written over and over")
                        .satisfies(file -> assertThat(Files.size(file)).isLessThan(MAX_FILE_BYTES));
            }
        }
    }

    /** Puts one record after the other, removes old ones, and says which are written. */
    static final class Writer {
        static final int LIVE = 100;

        private Writer() {}

        static byte[] record(int number) {
            byte[] record = new byte[1_000 + number % 1_000];
            new Random(number).nextBytes(record);
            return record;
        }

        /** Runs until it is killed. The arguments are the directory and the number to go on from. */
        public static void main(String[] arguments) throws Exception {
            NodeStore store = NodeStore.open(Path.of(arguments[0]), KEY, (what, cause) -> cause.printStackTrace());
            for (int number = Integer.parseInt(arguments[1]) + 1; ; number++) {
                int record = number;
                store.put(Table.PROGRESS, "record" + record, () -> record(record));
                store.remove(Table.PROGRESS, "record" + (record - LIVE));
                store.written().get();
                System.out.println(record + " written");
            }
        }
    }
}
