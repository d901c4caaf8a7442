package dev.heddle.nm;

import com.sun.management.OperatingSystemMXBean;
import dev.heddle.common.UserException;
import dev.heddle.common.resources.Resource;
import java.lang.management.ManagementFactory;
import org.apache.hadoop.conf.Configuration;

/** How much a node offers to containers, by YARN's rules. */
final class NodeCapability {
    private static final int FROM_ELSEWHERE = -1;
    private static final int DEFAULT_MEMORY_MB = 8192;
    private static final int DEFAULT_VCORES = 8;
    private static final int BYTES_PER_MB_SHIFT = 20;
    private static final double SHARE_FOR_CONTAINERS = 0.8;

    private NodeCapability() {}

    /**
     * What the configuration says, or the machine where the configuration leaves it to the machine.
     *
     * @throws UserException if nothing would be left for containers
     */
    static Resource read(Configuration configuration) {
        boolean detect = NodeManagerSettings.DETECT_HARDWARE.get(configuration);
        int memoryMb = NodeManagerSettings.MEMORY.get(configuration);
        int vcores = NodeManagerSettings.VCORES.get(configuration);
        if (memoryMb == FROM_ELSEWHERE) {
            memoryMb = detect ? detectedMemoryMb(configuration) : DEFAULT_MEMORY_MB;
        }
        if (vcores == FROM_ELSEWHERE) {
            vcores = detect ? Runtime.getRuntime().availableProcessors() : DEFAULT_VCORES;
        }
        if (memoryMb <= 0 || vcores <= 0) {
            throw new UserException("this node would offer " + memoryMb + " MB and " + vcores
                    + " vcores, which fits no container: raise " + NodeManagerSettings.MEMORY.key() + " or "
                    + NodeManagerSettings.VCORES.key());
        }
        return new Resource(memoryMb, vcores);
    }

    private static int detectedMemoryMb(Configuration configuration) {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long machineMb = system.getTotalMemorySize() >> BYTES_PER_MB_SHIFT;
        int reservedMb = NodeManagerSettings.RESERVED_MEMORY.get(configuration);
        if (reservedMb != FROM_ELSEWHERE) {
            return (int) Math.max(0, machineMb - reservedMb);
        }
        long ownMb = Runtime.getRuntime().maxMemory() >> BYTES_PER_MB_SHIFT;
        // Room for a data node of about this daemon's size beside it.
        return (int) Math.max(0, SHARE_FOR_CONTAINERS * (machineMb - 2 * ownMb));
    }
}
