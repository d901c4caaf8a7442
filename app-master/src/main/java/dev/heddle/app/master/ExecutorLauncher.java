package dev.heddle.app.master;

import dev.heddle.app.ApplicationSettings;
import dev.heddle.app.executor.ExecutorMain;
import dev.heddle.app.launch.JavaProcess;
import dev.heddle.app.launch.LaunchFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.LocalResource;
import org.apache.hadoop.yarn.client.api.NMClient;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts executors through their nodes, several at a time, since a node may take its time to answer. Thread-safe. */
final class ExecutorLauncher implements ExecutorStarter, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ExecutorLauncher.class);
    private static final long IDLE_THREAD_SECONDS = 60;

    private final NMClient nodes = NMClient.createNMClient();
    private final ThreadPoolExecutor threads;
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
    ExecutorLauncher(
            Configuration conf, List<LaunchFile> files, ByteBuffer credentials, String driverHost, int driverPort) {
        int maxThreads = ApplicationSettings.LAUNCHER_THREADS.get(conf);
        // Bounded by the number of containers that the application asks for.
        this.threads = new ThreadPoolExecutor(
                maxThreads, maxThreads, IDLE_THREAD_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "executor-launcher");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        this.files = LaunchFile.resources(files);
        this.environment = JavaProcess.environment(conf);
        this.credentials = credentials;
        this.driverHost = driverHost;
        this.driverPort = driverPort;
        this.heapMb = ApplicationSettings.EXECUTOR_MEMORY.get(conf);
        this.slots = ApplicationSettings.EXECUTOR_CORES.get(conf);
        nodes.cleanupRunningContainersOnStop(false);
        nodes.init(conf);
        nodes.start();
    }

    @Override
    public void start(String executorId, Container container, Consumer<String> failed) {
        threads.execute(() -> {
            try {
                nodes.startContainer(container, launch(executorId));
            } catch (IOException | YarnException | RuntimeException e) {
                log.warn("node {} does not start {}", container.getNodeId(), container.getId(), e);
                failed.accept("node " + container.getNodeId() + " did not start " + container.getId() + ": "
                        + e.getMessage());
            }
        });
    }

    private ContainerLaunchContext launch(String executorId) {
        List<String> command = JavaProcess.command(
                heapMb,
                ExecutorMain.class.getName(),
                List.of(driverHost, Integer.toString(driverPort), executorId, Integer.toString(slots)));
        return ContainerLaunchContext.newInstance(
                files, environment, command, Map.of(), credentials.duplicate(), Map.of());
    }

    @Override
    public void close() {
        threads.shutdownNow();
        nodes.stop();
    }
}
