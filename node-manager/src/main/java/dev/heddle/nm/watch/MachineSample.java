package dev.heddle.nm.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the whole machine used at one moment. Immutable.
 *
 * @param usedMb memory that could not be given to a program now
 * @param usedVirtualMb the same, swap included
 * @param busyTicks of all cores since the machine's start
 * @param allTicks of all cores since the machine's start
 */
record MachineSample(long usedMb, long usedVirtualMb, long busyTicks, long allTicks) {
    private static final Path MEMORY = Path.of("/proc/meminfo");
    private static final Path CPU = Path.of("/proc/stat");
    private static final int KB_PER_MB = 1_024;

    // Fields of the first line, see proc(5).
    private static final int IDLE = 4;
    private static final int WAITING = 5;
    private static final int LAST = 8;

    /** The machine as it is now. */
    static MachineSample take() throws IOException {
        Map<String, Long> memory = new HashMap<>();
        for (String line : Files.readAllLines(MEMORY)) {
            String[] words = line.split("\\s+", 3);
            if (words.length >= 2) {
                memory.put(words[0], Long.parseLong(words[1]));
            }
        }
        long usedKb = memory.getOrDefault("MemTotal:", 0L) - memory.getOrDefault("MemAvailable:", 0L);
        long swapKb = memory.getOrDefault("SwapTotal:", 0L) - memory.getOrDefault("SwapFree:", 0L);
        List<String> cpu = List.of(Files.readAllLines(CPU).get(0).split("\\s+", -1));
        long all = 0;
        long idle = 0;
        // What guests use is in the first two already.
        for (int field = 1; field <= Math.min(LAST, cpu.size() - 1); field++) {
            long ticks = Long.parseLong(cpu.get(field));
            all += ticks;
            idle += field == IDLE || field == WAITING ? ticks : 0;
        }
        return new MachineSample(usedKb / KB_PER_MB, (usedKb + swapKb) / KB_PER_MB, all - idle, all);
    }

    /** How much of the machine's cores was used since an earlier sample, from 0 to 1. */
    double busySince(MachineSample earlier) {
        long passed = allTicks - earlier.allTicks;
        return passed <= 0 ? 0 : Math.max(0, Math.min(1, (double) (busyTicks - earlier.busyTicks) / passed));
    }
}
