package dev.heddle.app.master;

import dev.heddle.app.ApplicationSettings;
import dev.heddle.app.driver.ClusterExecutors;
import dev.heddle.app.launch.ApplicationCredentials;
import dev.heddle.app.launch.ApplicationDescription;
import dev.heddle.app.launch.ContainerFiles;
import dev.heddle.app.transport.DriverServer;
import dev.heddle.app.transport.Secret;
import dev.heddle.app.transport.TransportLimits;
import dev.heddle.common.config.ResourceManagerAddresses;
import dev.heddle.common.rpc.client.Answers;
import dev.heddle.common.rpc.client.LeaderConnection;
import dev.heddle.common.rpc.client.LeaderSearch;
import dev.heddle.common.rpc.client.NodeRetries;
import dev.heddle.common.rpc.transport.RpcThreads;
import dev.heddle.common.runtime.ExitOnFault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.api.ApplicationConstants.Environment;
import org.apache.hadoop.yarn.api.ApplicationMasterProtocolPB;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The main class of an application's first container: puts the parts together, runs the driver, waits for the end and tells
 * the resource manager. The process' exit status is 0 where the driver returned, and not 0 otherwise.
 */
public final class ApplicationMaster {
    private static final Logger log = LoggerFactory.getLogger(ApplicationMaster.class);
    /** What a resource manager gets for an answer until the next one is asked. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

    private final YarnConfiguration conf;
    private final ApplicationDescription description;
    private final ContainerId container;
    private final String host;
    private final Secret secret;
    private final DriverServer server;

    private ApplicationMaster(Map<String, String> environment, Path directory) throws IOException {
        this.conf = configuration(directory);
        this.description = ApplicationDescription.read(directory.resolve(ContainerFiles.DESCRIPTION));
        this.container = ContainerId.fromString(required(environment, Environment.CONTAINER_ID));
        this.host = required(environment, Environment.NM_HOST);
        SecureRandom random = new SecureRandom();
        this.secret = Secret.random(random);
        this.server = new DriverServer(
                secret,
                random,
                new TransportLimits(
                        ApplicationSettings.EXECUTOR_HEARTBEAT_INTERVAL.get(conf),
                        ApplicationSettings.NETWORK_TIMEOUT.get(conf),
                        ControllerLimits.from(conf).maxPayloadBytes()));
    }

    private static YarnConfiguration configuration(Path directory) {
        YarnConfiguration conf = new YarnConfiguration();
        conf.addResource(new org.apache.hadoop.fs.Path(
                directory.resolve(ContainerFiles.CONFIGURATION).toUri()));
        UserGroupInformation.setConfiguration(conf);
        return conf;
    }

    private static String required(Map<String, String> environment, Environment variable) {
        String value = environment.get(variable.name());
        if (value == null) {
            throw new IllegalStateException("no " + variable + " in the environment: this is no container");
        }
        return value;
    }

    /** Takes no arguments: everything stands in the container's files and environment. */
    public static void main(String[] args) throws Exception {
        int status = FinalOutcome.ATTEMPT_LOST_STATUS;
        try {
            status = new ApplicationMaster(System.getenv(), Path.of("").toAbsolutePath()).run();
        } finally {
            // Whatever threads the driver has left behind.
            System.exit(status);
        }
    }

    private int run() throws IOException, YarnException, InterruptedException {
        URLClassLoader loader =
                ContainerFiles.applicationClassLoader(Path.of("").toAbsolutePath());
        int port = server.start(InetAddress.getByName(host));
        NodeTokens nodeTokens = new NodeTokens();
        try (RpcThreads threads = RpcThreads.start(conf);
                ResourceManagerLink resourceManager = link(threads, nodeTokens);
                ExecutorLauncher launcher = launcher(threads, nodeTokens, port);
                ApplicationController controller = new ApplicationController(
                        ControllerLimits.from(conf),
                        ExecutorDemand.from(conf),
                        resourceManager,
                        launcher,
                        server,
                        InstantSource.system(),
                        new ExitOnFault());
                StatusServer status = new StatusServer(applicationId(), description.name(), controller::status)) {
            server.serve(controller);
            String trackingUrl = "http://" + host + ":" + status.start(host) + "/";
            Answers.await(resourceManager.start(host, port, trackingUrl, controller));
            controller.start();
            ExitHook hook = ExitHook.install(controller::end);
            ClusterExecutors.connect(controller.gateway(loader));
            DriverThread.start(description.mainClass(), description.arguments(), loader, controller::end);
            // Now, since in a process that exits no file system can be had any more.
            FileSystem files = FileSystem.get(description.stagingDirectory(), conf);
            FinalOutcome outcome = controller.ended().join();
            try {
                finish(outcome, controller, resourceManager, files);
            } finally {
                hook.finished();
            }
            return outcome.exitStatus();
        }
    }

    private ResourceManagerLink link(RpcThreads threads, NodeTokens nodeTokens) throws IOException {
        UserGroupInformation user = UserGroupInformation.getCurrentUser();
        ScheduledExecutorService loop = threads.loop();
        LeaderSearch search = new LeaderSearch(
                threads,
                conf,
                ResourceManagerAddresses.forMasters(conf),
                ApplicationMasterProtocolPB.class,
                MasterIdentity.of(user, container.getApplicationAttemptId()),
                RandomGenerator.getDefault());
        LeaderConnection leader = new LeaderConnection(search, LeaderConnection.Patience.of(conf, ANSWER_LIMIT), loop);
        return new ResourceManagerLink(conf, leader, user.getUserName(), nodeTokens, loop);
    }

    private ExecutorLauncher launcher(RpcThreads threads, NodeTokens nodeTokens, int driverPort) throws IOException {
        ExecutorLaunch launch = new ExecutorLaunch(
                conf,
                description.executorFiles(),
                ApplicationCredentials.forExecutor(
                        UserGroupInformation.getCurrentUser().getCredentials(), secret),
                host,
                driverPort);
        NodeConnections nodes = new NodeConnections(threads, conf, container.getApplicationAttemptId(), nodeTokens);
        return new ExecutorLauncher(threads, launch, nodes, NodeRetries.of(conf));
    }

    private String applicationId() {
        return container.getApplicationAttemptId().getApplicationId().toString();
    }

    private void finish(
            FinalOutcome outcome,
            ApplicationController controller,
            ResourceManagerLink resourceManager,
            FileSystem files)
            throws IOException, YarnException, InterruptedException {
        log.info(
                "the application ends: {} {} (exit status {})",
                outcome.status(),
                outcome.diagnostics(),
                outcome.exitStatus());
        controller.close();
        server.close();
        Answers.await(resourceManager.finish(outcome));
        if (outcome.registered()) {
            removeStagingDirectory(files);
        }
    }

    private void removeStagingDirectory(FileSystem files) {
        try {
            files.delete(new org.apache.hadoop.fs.Path(description.stagingDirectory()), true);
        } catch (IOException e) {
            // The submitter, where it waits, removes it as well.
            log.warn("cannot remove {}", description.stagingDirectory(), e);
        }
    }
}
