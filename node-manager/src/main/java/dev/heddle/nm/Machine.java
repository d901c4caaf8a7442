package dev.heddle.nm;

import com.sun.management.OperatingSystemMXBean;
import dev.heddle.common.resources.Resource;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the machine has, or the container that this daemon runs in where that has less.
 *
 * @param memoryMb all of it, used or not
 * @param processors hardware threads
 * @param cores without counting the threads of one core each
 */
record Machine(long memoryMb, int processors, int cores) {
    private static final Logger log = LoggerFactory.getLogger(Machine.class);

    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
    private static final int BYTES_PER_MB_SHIFT = 20;

    /** Asks the JVM, which knows the limits of its own container, and the kernel. */
    static Machine detect() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        String description = "";
        try {
            description = Files.readString(PROCESSORS);
        } catch (IOException e) {
            log.debug("{} does not tell cores from hardware threads: {}", PROCESSORS, e.toString());
        }
        return of(
                system.getTotalMemorySize() >> BYTES_PER_MB_SHIFT,
                Runtime.getRuntime().availableProcessors(),
                description);
    }

    /**
     * As {@link #detect}.
     *
     * @param processors that this daemon may use, which may be fewer than there are
     * @param description of all that there are, in the form of {@code /proc/cpuinfo}; where it does not tell cores from
     *     hardware threads, each counts as a core
     */
    static Machine of(long memoryMb, int processors, String description) {
        Set<String> cores = new HashSet<>();
        String socket = "";
        for (String line : (Iterable<String>) description.lines()::iterator) {
            String[] words = line.split(":", 2);
            if (words.length == 2) {
                switch (words[0].trim()) {
                    case "physical id" -> socket = words[1].trim();
                    case "core id" -> cores.add(socket + "/" + words[1].trim());
                    default -> {
                        // Nothing that tells a core from another.
                    }
                }
            }
        }
        return new Machine(memoryMb, processors, cores.isEmpty() ? processors : Math.min(processors, cores.size()));
    }

    Resource resource() {
        return new Resource(memoryMb, processors);
    }
}
