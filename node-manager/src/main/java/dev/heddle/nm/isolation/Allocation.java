package dev.heddle.nm.isolation;

import org.apache.hadoop.yarn.api.records.ExecutionType;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;

/**
 * What a container was granted. Immutable.
 *
 * @param guaranteed false where it runs on what others leave (YARN's opportunistic containers)
 */
public record Allocation(long memoryMb, int vcores, boolean guaranteed) {
    private static final int BYTES_PER_MB_SHIFT = 20;

    /** What a token grants. */
    public static Allocation of(ContainerTokenIdentifier token) {
        return new Allocation(
                token.getResource().getMemorySize(),
                token.getResource().getVirtualCores(),
                token.getExecutionType() == ExecutionType.GUARANTEED);
    }

    public long memoryBytes() {
        return memoryMb << BYTES_PER_MB_SHIFT;
    }
}
