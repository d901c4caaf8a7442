package dev.heddle.nm.isolation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the kernel shows cgroups.
 *
 * @param version1 the directory of each controller of version 1
 * @param version2 the directory of version 2, or null
 */
record CgroupMounts(Map<String, Path> version1, @Nullable Path version2) {
    private static final Path MOUNTS = Path.of("/proc/self/mounts");

    /** The controllers of version 1 that this daemon uses. */
    static final List<String> CONTROLLERS = List.of("memory", "cpu", "cpuacct", "cpuset", "pids", "blkio", "freezer");

    // Fields of a line, see fstab(5).
    private static final int DIRECTORY = 1;
    private static final int TYPE = 2;
    private static final int OPTIONS = 3;

    /** Those of this machine; empty where there are none. */
    static CgroupMounts ofMachine() {
        try {
            return parse(Files.readAllLines(MOUNTS));
        } catch (IOException e) {
            return new CgroupMounts(Map.of(), null);
        }
    }

    static CgroupMounts parse(List<String> lines) {
        Map<String, Path> version1 = new HashMap<>();
        Path version2 = null;
        for (String line : lines) {
            String[] fields = line.split(" ", -1);
            if (fields.length <= OPTIONS) {
                continue;
            }
            if (fields[TYPE].equals("cgroup2") && version2 == null) {
                version2 = Path.of(fields[DIRECTORY]);
            } else if (fields[TYPE].equals("cgroup")) {
                Set<String> options = Set.copyOf(List.of(fields[OPTIONS].split(",", -1)));
                CONTROLLERS.stream()
                        .filter(options::contains)
                        .forEach(controller -> version1.putIfAbsent(controller, Path.of(fields[DIRECTORY])));
            }
        }
        return new CgroupMounts(Map.copyOf(version1), version2);
    }

    /** Where a setting says they are: one directory for each controller, or that of version 2. */
    static CgroupMounts at(@Nullable Path version1, @Nullable Path version2) {
        Map<String, Path> found = new HashMap<>();
        if (version1 != null) {
            for (String controller : CONTROLLERS) {
                if (Files.isDirectory(version1.resolve(controller))) {
                    found.put(controller, version1.resolve(controller));
                }
            }
        }
        return new CgroupMounts(Map.copyOf(found), version2);
    }

    /** The controllers that version 2 has on this machine. */
    Set<String> version2Controllers() {
        Path root = version2;
        String names = root == null ? "" : CgroupFiles.text(root, "cgroup.controllers");
        return names.isEmpty() ? Set.of() : Set.copyOf(List.of(names.split(" ", -1)));
    }
}
