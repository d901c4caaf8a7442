package dev.heddle.nm.isolation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.hadoop.yarn.api.records.ContainerId;

/**
 * Gives containers whole cores for themselves. A container that has some has a cgroup of its own; all others share one,
 * which has the cores that are left and never none. The kernel's files are the only record of who has what.
 *
 * <p>Handing out is one at a time, by a lock; nobody waits for more than a few writes.
 */
final class ExclusiveCores {
    private static final String CORES = "cpuset.cpus";
    private static final String MEMORY_NODES = "cpuset.mems";
    private static final String SHARED = "shared";

    private final Path parent;

    /** @throws IOException if the kernel refuses the cgroup for those that share */
    ExclusiveCores(Path parent) throws IOException {
        this.parent = parent;
        inherit(parent);
        Files.createDirectories(parent.resolve(SHARED));
        inherit(parent.resolve(SHARED));
        share();
    }

    /** A new cgroup of this kind has no core and no memory, and nothing can enter it. */
    private static void inherit(Path cgroup) throws IOException {
        Path above = cgroup.getParent();
        for (String file : List.of(CORES, MEMORY_NODES)) {
            if (above != null && CgroupFiles.text(cgroup, file).isEmpty()) {
                CgroupFiles.write(cgroup, file, CgroupFiles.text(above, file));
            }
        }
    }

    /**
     * Gives a container cores of its own where there are as many, and one that is left for the others.
     *
     * @return the cgroup that it has to enter
     */
    synchronized Path assign(ContainerId container, int count) throws IOException {
        SortedSet<Integer> free = free();
        if (count == 0 || free.size() <= count) {
            return parent.resolve(SHARED);
        }
        Path own = parent.resolve(container.toString());
        Files.createDirectories(own);
        CgroupFiles.write(own, MEMORY_NODES, CgroupFiles.text(parent, MEMORY_NODES));
        CgroupFiles.write(own, CORES, text(free.stream().limit(count).toList()));
        share();
        return own;
    }

    /** Gives a container that has cores of its own as many as it is worth now; it keeps what it has where there are none. */
    synchronized void change(ContainerId container, int count) throws IOException {
        Path own = parent.resolve(container.toString());
        if (!Files.isDirectory(own) || count == 0) {
            return;
        }
        List<Integer> has = new ArrayList<>(parse(CgroupFiles.text(own, CORES)));
        SortedSet<Integer> free = free();
        if (count <= has.size()) {
            has.subList(count, has.size()).clear();
        } else if (free.size() > count - has.size()) {
            has.addAll(free.stream().limit(count - has.size()).toList());
        }
        CgroupFiles.write(own, CORES, text(has));
        share();
    }

    synchronized void release(ContainerId container, CgroupTerms.Removal removal) throws InterruptedException {
        Path own = parent.resolve(container.toString());
        if (!Files.isDirectory(own)) {
            return;
        }
        CgroupFiles.remove(own, removal);
        try {
            share();
        } catch (IOException e) {
            throw new UncheckedIOException("the cores of " + container + " cannot be given back", e);
        }
    }

    private SortedSet<Integer> free() {
        SortedSet<Integer> free = parse(CgroupFiles.text(parent, CORES));
        for (Path child : CgroupFiles.children(parent)) {
            if (!child.endsWith(SHARED)) {
                free.removeAll(parse(CgroupFiles.text(child, CORES)));
            }
        }
        return free;
    }

    private void share() throws IOException {
        CgroupFiles.write(parent.resolve(SHARED), CORES, text(List.copyOf(free())));
    }

    /** Reads a list such as {@code 0-3,8}. */
    static SortedSet<Integer> parse(String list) {
        SortedSet<Integer> cores = new TreeSet<>();
        for (String range : list.split(",", -1)) {
            if (!range.isBlank()) {
                String[] ends = range.trim().split("-", -1);
                for (int core = Integer.parseInt(ends[0]); core <= Integer.parseInt(ends[ends.length - 1]); core++) {
                    cores.add(core);
                }
            }
        }
        return cores;
    }

    private static String text(List<Integer> cores) {
        return cores.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
