package dev.heddle.nm.procfs;

import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.yarn.api.ApplicationConstants.Environment;

/**
 * Tells whose container a process is by the environment that it was started with: it names the container, and directories
 * of this node manager, as another one on the same machine may have containers of the same name.
 */
public final class ContainerMarks {
    private final ProcessTable table;
    private final List<String> roots;

    /** @param localRoots this node manager's local directories */
    public ContainerMarks(ProcessTable table, List<Path> localRoots) {
        this.table = table;
        this.roots = localRoots.stream().map(root -> root + "/").toList();
    }

    /** The id of the container, or an empty text where the process is no container's of this node manager. */
    public String of(long pid) {
        String container = table.variable(pid, Environment.CONTAINER_ID.key());
        if (container.isEmpty()) {
            return container;
        }
        String directories = table.variable(pid, Environment.LOCAL_DIRS.key());
        return roots.stream().anyMatch(directories::startsWith) ? container : "";
    }
}
