package dev.heddle.app.launch;

import dev.heddle.app.ApplicationSettings;
import dev.heddle.common.config.Setting;
import org.apache.hadoop.conf.Configuration;

/** How much memory a container of a JVM takes: the heap, and what the JVM needs beyond it. */
public final class ContainerMemory {
    private static final int MIN_OVERHEAD_MB = 384;
    private static final double OVERHEAD_SHARE = 0.1;

    private ContainerMemory() {}

    public static int driverMb(Configuration conf) {
        return totalMb(conf, ApplicationSettings.DRIVER_MEMORY, ApplicationSettings.DRIVER_MEMORY_OVERHEAD);
    }

    public static int executorMb(Configuration conf) {
        return totalMb(conf, ApplicationSettings.EXECUTOR_MEMORY, ApplicationSettings.EXECUTOR_MEMORY_OVERHEAD);
    }

    private static int totalMb(Configuration conf, Setting<Integer> heapMb, Setting<Integer> overheadMb) {
        int heap = heapMb.get(conf);
        int overhead = overheadMb.get(conf);
        if (overhead == ApplicationSettings.UNSET) {
            overhead = Math.max(MIN_OVERHEAD_MB, (int) (heap * OVERHEAD_SHARE));
        }
        return Math.addExact(heap, overhead);
    }
}
