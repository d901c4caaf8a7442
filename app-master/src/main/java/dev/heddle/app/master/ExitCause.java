package dev.heddle.app.master;

import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.apache.hadoop.yarn.api.records.ContainerStatus;

/** Says why a container ended, and whether the application is to blame. */
final class ExitCause {
    private static final int OUT_OF_MEMORY_STATUS = 3;
    private static final int SIGNAL_BASE = 128;
    private static final int SIGKILL_STATUS = SIGNAL_BASE + 9;
    private static final int MAX_DIAGNOSTICS_CHARACTERS = 300;

    private ExitCause() {}

    /** Whether the end counts among the failures of which an application may have only so many. */
    static boolean isFailure(ContainerStatus status) {
        return switch (status.getExitStatus()) {
            case ContainerExitStatus.ABORTED,
                    ContainerExitStatus.PREEMPTED,
                    ContainerExitStatus.DISKS_FAILED,
                    ContainerExitStatus.KILLED_BY_RESOURCEMANAGER,
                    ContainerExitStatus.KILLED_AFTER_APP_COMPLETION -> false;
            default -> true;
        };
    }

    /** One line. */
    static String describe(ContainerStatus status) {
        String container = "its container " + status.getContainerId();
        String diagnostics = oneLine(status.getDiagnostics());
        return switch (status.getExitStatus()) {
            case OUT_OF_MEMORY_STATUS ->
                container + " exited with status 3: it ran out of heap; raise --executor-memory";
            case SIGKILL_STATUS -> container + " was killed (status 137)" + diagnostics;
            case ContainerExitStatus.PREEMPTED -> container + " was preempted" + diagnostics;
            case ContainerExitStatus.ABORTED -> container + " was taken back, or its node was lost" + diagnostics;
            case ContainerExitStatus.KILLED_EXCEEDED_PMEM, ContainerExitStatus.KILLED_EXCEEDED_VMEM ->
                container + " used more memory than it had; raise heddle.executor.memoryOverhead" + diagnostics;
            default -> container + " exited with status " + status.getExitStatus() + diagnostics;
        };
    }

    private static String oneLine(String diagnostics) {
        String line = diagnostics.strip().replaceAll("\\s+", " ");
        if (line.length() > MAX_DIAGNOSTICS_CHARACTERS) {
            line = line.substring(0, MAX_DIAGNOSTICS_CHARACTERS) + "…";
        }
        return line.isEmpty() ? "" : " (" + line + ")";
    }
}
