package dev.heddle.app.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.app.drivers.ExitingDriver;
import dev.heddle.common.UserException;
import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.common.rpc.server.RpcServer;
import dev.heddle.common.rpc.transport.RpcThreads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.hadoop.yarn.api.ApplicationClientProtocolPB;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.ApplicationNotFoundException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.ApplicationClientProtocol.ApplicationClientProtocolService;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationIdProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationReportProto;
import org.apache.hadoop.yarn.proto.YarnProtos.FinalApplicationStatusProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceProto;
import org.apache.hadoop.yarn.proto.YarnProtos.YarnApplicationStateProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetApplicationReportRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetApplicationReportResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetNewApplicationRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetNewApplicationResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.KillApplicationRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.KillApplicationResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.SubmitApplicationRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.SubmitApplicationResponseProto;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The submitter before resource managers of which one leads, on real sockets. */
final class ResourceManagerClientTest {
    private static final ApplicationId ID = ApplicationId.newInstance(1, 1);

    private final RpcThreads threads = RpcThreads.start(new Configuration(false));
    private final List<AutoCloseable> open = new ArrayList<>();
    private final BlockingQueue<SubmitApplicationRequestProto> submissions = new LinkedBlockingQueue<>();
    /** What the leader says of the application, in this order; after the last it has succeeded. */
    private final BlockingQueue<YarnApplicationStateProto> states = new LinkedBlockingQueue<>();

    private final AtomicInteger kills = new AtomicInteger();
    private Path directory = Path.of("");
    private volatile boolean unknown;
    private volatile boolean refusing;

    @BeforeEach
    void setUp(@TempDir Path temporary) {
        directory = temporary;
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
        threads.close();
    }

    private String resourceManager(boolean leads) {
        RpcServer server = RpcServer.start(
                threads,
                new Configuration(false),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "scripted",
                RpcServer.Authentication.CONFIGURED,
                null,
                RpcProtocol.builder(ApplicationClientProtocolPB.class, ApplicationClientProtocolService.getDescriptor())
                        .on("getNewApplication", GetNewApplicationRequestProto.getDefaultInstance(), (who, request) -> {
                            lead(leads);
                            return CompletableFuture.completedFuture(GetNewApplicationResponseProto.newBuilder()
                                    .setApplicationId(id())
                                    .setMaximumCapability(ResourceProto.newBuilder()
                                            .setMemory(100_000)
                                            .setVirtualCores(100))
                                    .build());
                        })
                        .on("submitApplication", SubmitApplicationRequestProto.getDefaultInstance(), (who, request) -> {
                            lead(leads);
                            if (refusing) {
                                throw new YarnException("the queue is\nclosed");
                            }
                            submissions.add(request);
                            return CompletableFuture.completedFuture(
                                    SubmitApplicationResponseProto.getDefaultInstance());
                        })
                        .on(
                                "getApplicationReport",
                                GetApplicationReportRequestProto.getDefaultInstance(),
                                (who, request) -> {
                                    lead(leads);
                                    return CompletableFuture.completedFuture(report());
                                })
                        .on(
                                "forceKillApplication",
                                KillApplicationRequestProto.getDefaultInstance(),
                                (who, request) -> {
                                    lead(leads);
                                    return CompletableFuture.completedFuture(KillApplicationResponseProto.newBuilder()
                                            .setIsKillCompleted(kills.incrementAndGet() == 2)
                                            .build());
                                })
                        .build());
        open.add(server);
        return "127.0.0.1:" + server.port();
    }

    private static void lead(boolean leads) throws StandbyException {
        if (!leads) {
            throw new StandbyException("another one leads");
        }
    }

    private static ApplicationIdProto id() {
        return ApplicationIdProto.newBuilder()
                .setClusterTimestamp(ID.getClusterTimestamp())
                .setId(ID.getId())
                .build();
    }

    private GetApplicationReportResponseProto report() throws ApplicationNotFoundException {
        if (unknown) {
            unknown = false;
            throw new ApplicationNotFoundException("never heard of it");
        }
        YarnApplicationStateProto state = states.poll();
        return GetApplicationReportResponseProto.newBuilder()
                .setApplicationReport(ApplicationReportProto.newBuilder()
                        .setApplicationId(id())
                        .setYarnApplicationState(state == null ? YarnApplicationStateProto.FINISHED : state)
                        .setFinalApplicationStatus(FinalApplicationStatusProto.APP_SUCCEEDED)
                        .setDiagnostics("no room"))
                .build();
    }

    private static String nobody() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + socket.getLocalPort();
        }
    }

    private ApplicationSubmitter submitter(String... addresses) {
        YarnConfiguration conf = new YarnConfiguration();
        conf.setBoolean(YarnConfiguration.RM_HA_ENABLED, true);
        List<String> ids = new ArrayList<>();
        for (String address : addresses) {
            String id = "rm" + ids.size();
            ids.add(id);
            conf.set(YarnConfiguration.RM_ADDRESS + "." + id, address);
        }
        conf.set(YarnConfiguration.RM_HA_IDS, String.join(",", ids));
        conf.set("heddle.yarn.stagingDir", directory.resolve("staging").toUri().toString());
        conf.set("heddle.yarn.submit.connectTimeout", "200ms");
        conf.set("heddle.yarn.report.interval", "10ms");
        // The nodes are said to have Heddle's jars, which are no jars yet while tests run.
        conf.set("heddle.yarn.jars", "local:/opt/heddle");
        ApplicationSubmitter submitter = new ApplicationSubmitter(conf);
        open.add(submitter);
        return submitter;
    }

    private SubmitOptions options() throws IOException {
        return SubmitOptions.builder(DriverJar.pack(directory.resolve("driver.jar"), ExitingDriver.class))
                .mainClass(ExitingDriver.class.getName())
                .build();
    }

    private List<Path> staged() throws IOException {
        try (var entries = Files.list(directory.resolve("staging/.heddleStaging"))) {
            return entries.toList();
        }
    }

    @Test
    void shouldSubmitToTheOneThatLeadsAndFollowIt() throws Exception {
        states.addAll(List.of(
                YarnApplicationStateProto.NEW_SAVING,
                YarnApplicationStateProto.SUBMITTED,
                YarnApplicationStateProto.ACCEPTED,
                YarnApplicationStateProto.ACCEPTED));
        ApplicationSubmitter submitter = submitter(nobody(), resourceManager(false), resourceManager(true));

        ApplicationId id = submitter.submit(options());
        assertThat(states).as("what was left to be said when it was accepted").hasSize(1);
        List<String> seen = new ArrayList<>();
        ApplicationOutcome outcome = submitter.await(id, progress -> seen.add(progress.state()));

        assertThat(id).isEqualTo(ID);
        assertThat(seen).containsExactly("ACCEPTED", "FINISHED");
        assertThat(outcome.succeeded()).isTrue();
        assertThat(submissions).hasSize(1);
        assertThat(staged()).isEmpty();
    }

    @Test
    void shouldSubmitAgainWhatALeaderHasLost() throws Exception {
        unknown = true;
        submitter(resourceManager(true)).submit(options());

        assertThat(submissions).hasSize(2);
        assertThat(submissions.take()).isEqualTo(submissions.take());
    }

    @Test
    void shouldSayWhyAnApplicationIsNotTaken() throws Exception {
        refusing = true;
        ApplicationSubmitter submitter = submitter(resourceManager(false), resourceManager(true));

        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> submitter.submit(options()))
                .withMessage("queue default did not take the application (--queue names another): the queue is closed");
        assertThat(staged()).isEmpty();
    }

    @Test
    void shouldSayWhyAnApplicationFailsBeforeItIsAccepted() throws Exception {
        states.add(YarnApplicationStateProto.FAILED);
        ApplicationSubmitter submitter = submitter(resourceManager(true));

        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> submitter.submit(options()))
                .withMessageContaining("did not take the application")
                .withMessageEndingWith("no room");
    }

    @Test
    void shouldSayThatNoneLeads() throws Exception {
        String gone = nobody();
        String standby = resourceManager(false);
        ApplicationSubmitter submitter = submitter(gone, standby);

        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> submitter.submit(options()))
                .withMessageContaining("no resource manager answers at")
                .withMessageContaining(gone)
                .withMessageContaining(standby)
                .withMessageContaining("HADOOP_CONF_DIR");
    }

    @Test
    void shouldKillUntilItIsDead() {
        submitter(resourceManager(false), resourceManager(true)).kill(ID);

        assertThat(kills).hasValue(2);
    }

    @Test
    void shouldSayThatAnApplicationIsUnknown() {
        unknown = true;
        ApplicationSubmitter submitter = submitter(resourceManager(true));

        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> submitter.await(ID, progress -> {}))
                .withMessageContaining("does not know " + ID)
                .withMessageContaining("never heard of it");
    }
}
