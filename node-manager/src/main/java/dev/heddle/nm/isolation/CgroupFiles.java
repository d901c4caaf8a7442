package dev.heddle.nm.isolation;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads and writes the kernel's files in the directories that stand for cgroups. */
final class CgroupFiles {
    private static final Logger log = LoggerFactory.getLogger(CgroupFiles.class);

    static final String PROCESSES = "cgroup.procs";
    private static final String MAX = "max";

    /** Containers that run as root may have made cgroups in theirs. */
    private static final int MAX_DEPTH = 16;

    /**
     * Enters every cgroup up to the end of the list and becomes the command behind it. A process that cannot enter must
     * not run outside: it ends with the status that YARN has for this.
     */
    private static final String ENTER = "while [ \"$1\" != -- ]; do"
            + " echo $$ > \"$1\" || { echo \"cannot enter the cgroup of $1\" >&2; exit 27; };"
            + " shift; done; shift; exec \"$@\"";

    private CgroupFiles() {}

    /** What goes before a command to have it run in these cgroups. */
    static List<String> enter(Collection<Path> cgroups) {
        List<String> prefix = new ArrayList<>(List.of("/bin/sh", "-c", ENTER, "cgroup"));
        cgroups.forEach(cgroup -> prefix.add(cgroup.resolve(PROCESSES).toString()));
        prefix.add("--");
        return prefix;
    }

    /**
     * Writes a value, in one piece as the kernel wants it.
     *
     * @throws IOException saying what was refused and where
     */
    static void write(Path cgroup, String file, String value) throws IOException {
        Path path = cgroup.resolve(file);
        try {
            Files.writeString(path, value);
        } catch (IOException e) {
            String why = Files.exists(path) ? words(e, path) : "this kernel has no such file";
            throw new IOException("cannot write " + value + " to " + path + ": " + why, e);
        }
    }

    private static String words(IOException e, Path path) {
        String message = String.valueOf(e.getMessage());
        return message.equals(path.toString()) ? e.getClass().getSimpleName() : message;
    }

    static void write(Path cgroup, String file, long value) throws IOException {
        write(cgroup, file, Long.toString(value));
    }

    static boolean has(Path cgroup, String file) {
        return Files.exists(cgroup.resolve(file));
    }

    /** The text of a file, without the space at its ends; empty where there is none. */
    static String text(Path cgroup, String file) {
        try {
            return Files.readString(cgroup.resolve(file)).trim();
        } catch (IOException e) {
            return "";
        }
    }

    /** A file's number, the largest for {@code max}. */
    static long number(Path cgroup, String file, long otherwise) {
        return number(text(cgroup, file), otherwise);
    }

    private static long number(String text, long otherwise) {
        if (text.equals(MAX)) {
            return Long.MAX_VALUE;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    /** The counters of a file that has a name and a number on each line. */
    static Map<String, Long> counters(Path cgroup, String file) {
        Map<String, Long> counters = new HashMap<>();
        for (String line : text(cgroup, file).lines().toList()) {
            String[] words = line.split(" ", 2);
            if (words.length == 2) {
                counters.put(words[0], number(words[1], 0));
            }
        }
        return counters;
    }

    /** The processes of a cgroup and of those in it. */
    static List<Long> processes(Path cgroup) {
        List<Long> pids = new ArrayList<>();
        collect(cgroup, pids, 0);
        return pids;
    }

    private static void collect(Path cgroup, List<Long> pids, int depth) {
        for (String line : text(cgroup, PROCESSES).lines().toList()) {
            long pid = number(line, 0);
            if (pid > 0) {
                pids.add(pid);
            }
        }
        if (depth < MAX_DEPTH) {
            children(cgroup).forEach(child -> collect(child, pids, depth + 1));
        }
    }

    /** The cgroups in a cgroup. */
    static List<Path> children(Path cgroup) {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> all =
                Files.newDirectoryStream(cgroup, path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))) {
            all.forEach(children::add);
        } catch (IOException | DirectoryIteratorException e) {
            return children;
        }
        return children;
    }

    /** Removes a cgroup without processes, and those in it. What cannot be removed in time is logged. */
    static void remove(Path cgroup, CgroupTerms.Removal removal) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + removal.limitMs() * 1_000_000;
        while (true) {
            try {
                removeOnce(cgroup, 0);
                return;
            } catch (IOException e) {
                if (System.nanoTime() - deadlineNanos >= 0) {
                    log.warn("cgroup {} is left behind: {}; processes in it: {}", cgroup, e, processes(cgroup));
                    return;
                }
            }
            Thread.sleep(removal.pauseMs());
        }
    }

    private static void removeOnce(Path cgroup, int depth) throws IOException {
        if (depth < MAX_DEPTH) {
            for (Path child : children(cgroup)) {
                removeOnce(child, depth + 1);
            }
        }
        try {
            Files.delete(cgroup);
        } catch (NoSuchFileException e) {
            log.debug("cgroup {} is gone already", cgroup);
        }
    }
}
