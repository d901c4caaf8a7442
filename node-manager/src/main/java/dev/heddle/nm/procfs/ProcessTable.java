package dev.heddle.nm.procfs;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads {@code /proc}. Safe for several threads; a process that ends while it is read is not there. */
public final class ProcessTable {
    /** What a machine may have at most, 2^22 numbers, would take minutes; what is beyond this is left out. */
    private static final int MAX_PROCESSES = 200_000;

    private static final int STAT_BYTES = 1_024;
    private static final int MAX_ENVIRONMENT_BYTES = 256 * 1_024;
    private static final int MAX_COMMAND_BYTES = 4_096;

    // Types of entries in the auxiliary vector, see getauxval(3).
    private static final long PAGE_SIZE_ENTRY = 6;
    private static final long CLOCK_TICKS_ENTRY = 17;
    private static final long DEFAULT_PAGE_BYTES = 4_096;
    private static final long DEFAULT_TICKS_PER_SECOND = 100;

    private final Path root;
    private final long pageBytes;
    private final long ticksPerSecond;

    /** The machine's own. */
    public ProcessTable() {
        this.root = Path.of("/proc");
        this.pageBytes = auxiliary(PAGE_SIZE_ENTRY, DEFAULT_PAGE_BYTES);
        this.ticksPerSecond = auxiliary(CLOCK_TICKS_ENTRY, DEFAULT_TICKS_PER_SECOND);
    }

    private long auxiliary(long type, long otherwise) {
        try {
            ByteBuffer vector = ByteBuffer.wrap(Files.readAllBytes(root.resolve("self/auxv")))
                    .order(ByteOrder.nativeOrder());
            while (vector.remaining() >= 2 * Long.BYTES) {
                long key = vector.getLong();
                long value = vector.getLong();
                if (key == type && value > 0) {
                    return value;
                }
            }
        } catch (IOException e) {
            return otherwise;
        }
        return otherwise;
    }

    /** How many of {@link ProcessEntry#cpuTicks} a core has in a second. */
    public long ticksPerSecond() {
        return ticksPerSecond;
    }

    /**
     * Every process of the machine, in one pass of a few microseconds for each.
     *
     * @throws IOException if there is no process file system
     */
    public List<ProcessEntry> read() throws IOException {
        String[] names = root.toFile().list();
        if (names == null) {
            throw new IOException(root + " cannot be listed");
        }
        List<ProcessEntry> entries = new ArrayList<>(names.length);
        byte[] buffer = new byte[STAT_BYTES];
        for (String name : names) {
            if (!Character.isDigit(name.charAt(0)) || entries.size() == MAX_PROCESSES) {
                continue;
            }
            int length = head(name + "/stat", buffer);
            ProcessEntry entry = length <= 0 ? null : ProcessEntry.parse(buffer, length, pageBytes);
            if (entry != null) {
                entries.add(entry);
            }
        }
        return entries;
    }

    /** The beginning of a file. By the plainest means there are: this is done thousands of times in a row. */
    private int head(String file, byte[] buffer) {
        try (FileInputStream in = new FileInputStream(root + "/" + file)) {
            return in.readNBytes(buffer, 0, buffer.length);
        } catch (IOException e) {
            // It has ended meanwhile, or belongs to somebody else.
            return 0;
        }
    }

    /** All of a file up to a limit. */
    private byte[] all(String file, int limit) {
        try (FileInputStream in = new FileInputStream(root + "/" + file)) {
            return in.readNBytes(limit);
        } catch (IOException e) {
            return new byte[0];
        }
    }

    /** Whether a process was started with a variable of this value; false where its environment cannot be read. */
    public boolean hasVariable(long pid, String name, String value) {
        return variable(pid, name).equals(value);
    }

    /** The value of a variable that a process was started with, or an empty text. */
    public String variable(long pid, String name) {
        byte[] environment = all(pid + "/environ", MAX_ENVIRONMENT_BYTES);
        byte[] begin = (name + "=").getBytes(StandardCharsets.UTF_8);
        int at = 0;
        while (at + begin.length <= environment.length) {
            int end = at;
            while (end < environment.length && environment[end] != 0) {
                end++;
            }
            if (end - at >= begin.length && Arrays.equals(environment, at, at + begin.length, begin, 0, begin.length)) {
                return new String(environment, at + begin.length, end - at - begin.length, StandardCharsets.UTF_8);
            }
            at = end + 1;
        }
        return "";
    }

    /** The words of a process's command line; empty where there are none (any more). The last may be cut. */
    public List<String> command(long pid) {
        byte[] words = all(pid + "/cmdline", MAX_COMMAND_BYTES);
        return words.length == 0 ? List.of() : List.of(new String(words, StandardCharsets.UTF_8).split("\0", -1));
    }

    /** How many files a process has open; 0 where that cannot be seen. */
    public int openFiles(long pid) {
        String[] descriptors = root.resolve(pid + "/fd").toFile().list();
        return descriptors == null ? 0 : descriptors.length;
    }

    /** What a process has had read from and written to disks. */
    public record DiskBytes(long read, long written) {
        static final DiskBytes NONE = new DiskBytes(0, 0);
    }

    /** What a process, together with the children whose end it has seen, has had read and written. */
    public DiskBytes diskBytes(long pid) {
        byte[] buffer = new byte[STAT_BYTES];
        int length = head(pid + "/io", buffer);
        long read = 0;
        long written = 0;
        for (String line : new String(buffer, 0, Math.max(0, length), StandardCharsets.ISO_8859_1)
                .lines()
                .toList()) {
            if (line.startsWith("read_bytes: ")) {
                read = Long.parseLong(line.substring("read_bytes: ".length()));
            } else if (line.startsWith("write_bytes: ")) {
                written = Long.parseLong(line.substring("write_bytes: ".length()));
            }
        }
        return length <= 0 ? DiskBytes.NONE : new DiskBytes(read, written);
    }
}
