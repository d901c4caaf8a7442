package dev.heddle.nm.container;

import org.apache.hadoop.yarn.api.records.ContainerExitStatus;

/** Who wants a container dead, with the exit status and the words that YARN has for it. */
public enum KillReason {
    APPLICATION_MASTER(ContainerExitStatus.KILLED_BY_APPMASTER, "Container killed by the ApplicationMaster."),
    RESOURCE_MANAGER(ContainerExitStatus.KILLED_BY_RESOURCEMANAGER, "Container Killed by ResourceManager"),
    PHYSICAL_MEMORY(ContainerExitStatus.KILLED_EXCEEDED_PMEM, "Container killed for using more memory than granted."),
    VIRTUAL_MEMORY(
            ContainerExitStatus.KILLED_EXCEEDED_VMEM,
            "Container killed for more address space than its memory allows."),
    LOGS(ContainerExitStatus.KILLED_FOR_EXCESS_LOGS, "Container killed for logging too much."),
    APPLICATION_COMPLETED(
            ContainerExitStatus.KILLED_AFTER_APP_COMPLETION,
            "Container killed on application-finish event: Application killed by ResourceManager"),
    CONTAINER_SCHEDULER(ContainerExitStatus.KILLED_BY_CONTAINER_SCHEDULER, "Opportunistic container queue is full."),
    SHUTDOWN(
            ContainerExitStatus.KILLED_AFTER_APP_COMPLETION,
            "Container killed on application-finish event: Application killed on shutdown");

    private final int exitStatus;
    private final String words;

    KillReason(int exitStatus, String words) {
        this.exitStatus = exitStatus;
        this.words = words;
    }

    int exitStatus() {
        return exitStatus;
    }

    String words() {
        return words;
    }
}
