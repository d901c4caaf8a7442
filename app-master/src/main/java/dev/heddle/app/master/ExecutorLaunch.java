package dev.heddle.app.master;

import dev.heddle.app.ApplicationSettings;
import dev.heddle.app.executor.ExecutorMain;
import dev.heddle.app.launch.JavaProcess;
import dev.heddle.app.launch.LaunchFile;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.LocalResource;

/** What a node is told to run an executor. Immutable. */
final class ExecutorLaunch {
    private final Map<String, LocalResource> files;
    private final Map<String, String> environment;
    private final ByteBuffer credentials;
    private final String driverHost;
    private final int driverPort;
    private final int heapMb;
    private final int slots;

    /**
     * @param files of the executors' working directories
     * @param credentials with the application's secret
     */
    ExecutorLaunch(
            Configuration conf, List<LaunchFile> files, ByteBuffer credentials, String driverHost, int driverPort) {
        this.files = LaunchFile.resources(files);
        this.environment = JavaProcess.environment(conf);
        this.credentials = credentials;
        this.driverHost = driverHost;
        this.driverPort = driverPort;
        this.heapMb = ApplicationSettings.EXECUTOR_MEMORY.get(conf);
        this.slots = ApplicationSettings.EXECUTOR_CORES.get(conf);
    }

    ContainerLaunchContext of(String executorId) {
        List<String> command = JavaProcess.command(
                heapMb,
                ExecutorMain.class.getName(),
                List.of(driverHost, Integer.toString(driverPort), executorId, Integer.toString(slots)));
        return ContainerLaunchContext.newInstance(
                files, environment, command, Map.of(), credentials.duplicate(), Map.of());
    }
}
