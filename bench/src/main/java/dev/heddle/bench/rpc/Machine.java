package dev.heddle.bench.rpc;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** The machine that the figures are from. */
final class Machine {
    /** Of Linux' counters of processor time, which count in hundredths whatever the kernel's own tick is. */
    private static final double TICKS_PER_SECOND = 100;

    /** In the first line of /proc/stat: user, nice, system, then idle and iowait, then irq, softirq and steal. */
    private static final int IDLE_FIELD = 4;

    private static final int IOWAIT_FIELD = 5;
    private static final int LAST_FIELD = 8;

    /** Files that a JVM has open besides sockets. */
    private static final int OTHER_FILES = 500;

    private Machine() {}

    static String describe() {
        try (Stream<String> cpu = Files.lines(Path.of("/proc/cpuinfo"))) {
            String model = cpu.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
            return "%d processors (%s), %s %s, %s %s"
                    .formatted(
                            Runtime.getRuntime().availableProcessors(),
                            model,
                            System.getProperty("os.name"),
                            System.getProperty("os.version"),
                            System.getProperty("java.vm.name"),
                            System.getProperty("java.vm.version"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Seconds that all processors together were busy since the machine started. */
    static double busySeconds() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
            String[] fields = lines.findFirst().orElse("").split(" +", -1);
            long ticks = 0;
            for (int field = 1; field <= LAST_FIELD; field++) {
                if (field != IDLE_FIELD && field != IOWAIT_FIELD) {
                    ticks += Long.parseLong(fields[field]);
                }
            }
            return ticks / TICKS_PER_SECOND;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Processor time of this process, which is the load generator. */
    static Duration ownCpu() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException("this platform does not tell a process' times"));
    }

    /** Time that this process spent in garbage collection since it started. */
    static long collectionMs() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }

    /** How many sockets this process may have open, and a server's as well, which inherits the limit. */
    static long socketLimit() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? system.getMaxFileDescriptorCount() - OTHER_FILES
                : Long.MAX_VALUE;
    }
}
