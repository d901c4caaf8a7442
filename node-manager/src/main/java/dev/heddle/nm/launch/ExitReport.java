package dev.heddle.nm.launch;

import dev.heddle.nm.directories.DiskSpace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in words how a container's process ended, from its exit status and the end of what it wrote. The wording is
 * YARN's: applications and people look for it. Blocks.
 */
public final class ExitReport {
    private static final Logger log = LoggerFactory.getLogger(ExitReport.class);

    /** From here on a status stands for a signal. */
    static final int FIRST_SIGNAL = 128;

    /** 128 and SIGKILL. */
    public static final int KILLED = 137;

    /** 128 and SIGTERM. */
    public static final int TERMINATED = 143;

    /** Whoever could have told the exit status was ended before; YARN's number for that. */
    public static final int LOST = 154;

    private static final String ERROR_FILES = "*{stderr,STDERR}*";

    private final int tailBytes;

    /** @param tailBytes how much of the end of each file is told */
    public ExitReport(int tailBytes) {
        this.tailBytes = tailBytes;
    }

    /** Whether the process was ended by one of the two signals that node managers send. */
    public static boolean wasKilled(int exitStatus) {
        return exitStatus == KILLED || exitStatus == TERMINATED;
    }

    /** What to tell about an end; empty where all went well. Each element is told with the time. */
    public List<String> lines(int exitStatus, ContainerPaths paths) {
        if (exitStatus == 0) {
            return List.of();
        }
        String what = "Container exited with a non-zero exit code " + exitStatus + ". ";
        if (exitStatus == LOST) {
            what += "That stands for an unknown one: the machine, or the process that watched over the"
                    + " container, was stopped before it was noted. ";
        }
        if (wasKilled(exitStatus)) {
            return List.of("Container killed on request. Exit code is " + exitStatus, what);
        }
        StringBuilder told = new StringBuilder(what);
        Stream.of(paths.work(), paths.log())
                .flatMap(directory -> DiskSpace.shortage(directory).stream())
                .forEach(shortage ->
                        told.append("When it ended, ").append(shortage).append(".\n"));
        try {
            Path prelaunch = paths.prelaunchErr();
            if (isFile(prelaunch)) {
                told.append("Error file: ").append(prelaunch.getFileName()).append(".\n");
                appendTail(told, prelaunch);
            }
            List<Path> files = errorFiles(paths.log());
            if (files.size() > 1) {
                told.append("Error files: ")
                        .append(files.stream()
                                .map(file -> String.valueOf(file.getFileName()))
                                .collect(Collectors.joining(", ")))
                        .append(".\n");
            }
            if (!files.isEmpty()) {
                appendTail(told, files.get(files.size() - 1));
                told.append('\n');
            }
        } catch (IOException e) {
            log.debug("reading what {} left", paths.log(), e);
            told.append("(its error files cannot be read: ").append(e).append(")\n");
        }
        return List.of(told.toString());
    }

    /** Containers may leave links to what is not theirs to read, and pipes that nobody writes to. */
    private static boolean isFile(Path path) {
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** The least recently changed first. */
    private static List<Path> errorFiles(Path directory) throws IOException {
        record Dated(Path path, long changedMs) {}
        List<Dated> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, ERROR_FILES)) {
            for (Path file : files) {
                if (isFile(file)) {
                    found.add(new Dated(file, Files.getLastModifiedTime(file).toMillis()));
                }
            }
        }
        found.sort(Comparator.comparingLong(Dated::changedMs));
        return found.stream().map(Dated::path).toList();
    }

    private void appendTail(StringBuilder told, Path file) throws IOException {
        told.append("Last ")
                .append(tailBytes)
                .append(" bytes of ")
                .append(file.getFileName())
                .append(" :\n");
        try (SeekableByteChannel channel =
                Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            channel.position(Math.max(0, channel.size() - tailBytes));
            ByteBuffer tail = ByteBuffer.allocate(tailBytes);
            while (tail.hasRemaining() && channel.read(tail) >= 0) {
                // Files may end early: they are still being written where a grandchild has outlived the container.
            }
            told.append(StandardCharsets.UTF_8.decode(tail.flip()));
        }
    }
}
