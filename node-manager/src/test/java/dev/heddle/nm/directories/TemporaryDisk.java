package dev.heddle.nm.directories;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A small file system in memory, mounted for one test. Where the machine does not allow that, the test is skipped. */
public final class TemporaryDisk implements AutoCloseable {
    private static final long COMMAND_LIMIT_S = 30;

    private final Path at;
    private final int megabytes;

    private TemporaryDisk(Path at, int megabytes) {
        this.at = at;
        this.megabytes = megabytes;
    }

    public static TemporaryDisk mount(Path at, int megabytes) throws IOException {
        Files.createDirectories(at);
        TemporaryDisk disk = new TemporaryDisk(at, megabytes);
        String refusal = disk.mountAgain();
        Assumptions.assumeTrue(refusal.isEmpty(), "not run, for it needs to mount a file system: " + refusal);
        return disk;
    }

    public Path path() {
        return at;
    }

    private String mountAgain() throws IOException {
        return command("mount", "-t", "tmpfs", "-o", "mode=755,size=" + megabytes + "m", "heddle-test", at.toString());
    }

    /** Puts an empty one in its place. */
    public void replace() throws IOException {
        close();
        must(mountAgain());
    }

    /** Forbids writing, or allows it again. */
    public void readOnly(boolean value) throws IOException {
        if (value) {
            // The same file system once more on top of itself: the one below cannot be changed while a lock on it is
            // held.
            must(command("mount", "--bind", at.toString(), at.toString()));
            must(command("mount", "-o", "remount,bind,ro", at.toString()));
        } else {
            must(command("umount", "-l", at.toString()));
        }
    }

    /** Fills it to the last byte. */
    public Path fill() throws IOException {
        Path filling = at.resolve("filling");
        byte[] buffer = new byte[4096];
        try (OutputStream out = Files.newOutputStream(filling)) {
            while (true) {
                out.write(buffer);
            }
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("No space left")) {
                throw e;
            }
        }
        return filling;
    }

    private static void must(String refusal) throws IOException {
        if (!refusal.isEmpty()) {
            throw new IOException(refusal);
        }
    }

    /** What went wrong, empty where nothing did. */
    private static String command(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(words));
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return e.toString();
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(COMMAND_LIMIT_S, TimeUnit.SECONDS)) {
                return command + " does not end";
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e.toString();
        }
        return process.exitValue() == 0 ? "" : output.isEmpty() ? command + " has failed" : output;
    }

    /** Takes it away, whatever is open on it and lies on top of it. */
    @Override
    public void close() throws IOException {
        must(command("umount", "-l", at.toString()));
        while (command("mountpoint", "-q", at.toString()).isEmpty()) {
            must(command("umount", "-l", at.toString()));
        }
    }
}
