package dev.heddle.deploy.demo;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much memory programs can still have. */
final class MachineMemory {
    private static final Path LINUX_FILE = Path.of("/proc/meminfo");
    private static final Pattern AVAILABLE = Pattern.compile("MemAvailable: *(\\d+) kB");
    private static final long KIB_PER_MIB = 1024;

    private MachineMemory() {}

    /**
     * The memory that new processes can take without pushing others out, in MiB: what Linux says, where this is Linux, but
     * not more than the limit of the container that this process may run in.
     */
    static long availableMb() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long limitMb = system.getTotalMemorySize() / KIB_PER_MIB / KIB_PER_MIB;
        try {
            Matcher line = AVAILABLE.matcher(Files.readString(LINUX_FILE));
            if (line.find()) {
                return Math.min(limitMb, Long.parseLong(line.group(1)) / KIB_PER_MIB);
            }
        } catch (IOException e) {
            // Not Linux: what the JVM knows has to do.
        }
        return system.getFreeMemorySize() / KIB_PER_MIB / KIB_PER_MIB;
    }
}
