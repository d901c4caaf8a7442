package dev.heddle.nm.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a supervisor notes about one run of a container, for whichever node manager there is by then: which process it is,
 * and with which status it has ended. Each file is one line; it counts once the line is complete. The supervisor writes,
 * node managers read.
 *
 * @param base the files' common beginning, in a directory that is closed to containers
 */
public record ProcessRecord(Path base) {
    private static final Logger log = LoggerFactory.getLogger(ProcessRecord.class);

    private static final String PID = ".pid";
    private static final String EXIT = ".exit";

    /** One run of a container, counted from 1: a container that is started again has a record for each time. */
    public static ProcessRecord of(Path directory, String container, int run) {
        return new ProcessRecord(directory.resolve(container + "." + run));
    }

    /** The record that a pid file belongs to, or null where the file is none. */
    public static @Nullable ProcessRecord ofPidFile(Path file) {
        return ofFile(file, PID);
    }

    /** The record that a file belongs to, or null where it belongs to none. */
    public static @Nullable ProcessRecord ofFile(Path file) {
        ProcessRecord record = ofFile(file, PID);
        return record == null ? ofFile(file, EXIT) : record;
    }

    private static @Nullable ProcessRecord ofFile(Path file, String ending) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(ending)
                ? new ProcessRecord(file.resolveSibling(name.substring(0, name.length() - ending.length())))
                : null;
    }

    /** The container's id, in words. */
    public String container() {
        String name = String.valueOf(base.getFileName());
        return name.substring(0, Math.max(0, name.lastIndexOf('.')));
    }

    /** Made before the process is: who makes it decides whether there is to be one. Then filled. */
    public Path pidFile() {
        return base.resolveSibling(base.getFileName() + PID);
    }

    public Path exitFile() {
        return base.resolveSibling(base.getFileName() + EXIT);
    }

    /** Which process it is, or null where that is not noted (yet). */
    public @Nullable ProcessIdentity identity() throws IOException {
        String line = line(pidFile());
        return line == null ? null : ProcessIdentity.parse(line);
    }

    /**
     * Sees to it that no process is started for this record any more, unless that has already begun.
     *
     * @return whether that is so: there is none and there will be none
     */
    public boolean revoke() throws IOException {
        try {
            Files.createFile(pidFile());
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    /** How the process has ended: its exit status, 128 plus the signal's number where a signal ended it. */
    OptionalInt exitStatus() throws IOException {
        String line = line(exitFile());
        try {
            return line == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(line));
        } catch (NumberFormatException e) {
            throw new IOException(exitFile() + " holds no exit status but '" + line + "'", e);
        }
    }

    private static @Nullable String line(Path file) throws IOException {
        try {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            return text.endsWith("\n") ? text.strip() : null;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Removes both files. Blocks. */
    public void delete() {
        try {
            Files.deleteIfExists(pidFile());
            Files.deleteIfExists(exitFile());
        } catch (IOException e) {
            log.warn("cannot remove the notes about a process: {}", e.toString());
        }
    }
}
