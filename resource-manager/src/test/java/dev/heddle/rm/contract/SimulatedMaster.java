package dev.heddle.rm.contract;

import dev.heddle.testbed.Await;
import java.security.PrivilegedAction;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.api.ApplicationMasterProtocol;
import org.apache.hadoop.yarn.api.protocolrecords.AllocateRequest;
import org.apache.hadoop.yarn.api.protocolrecords.AllocateResponse;
import org.apache.hadoop.yarn.api.protocolrecords.FinishApplicationMasterRequest;
import org.apache.hadoop.yarn.api.protocolrecords.FinishApplicationMasterResponse;
import org.apache.hadoop.yarn.api.protocolrecords.RegisterApplicationMasterRequest;
import org.apache.hadoop.yarn.api.protocolrecords.RegisterApplicationMasterResponse;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.NMToken;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.ResourceBlacklistRequest;
import org.apache.hadoop.yarn.api.records.ResourceRequest;
import org.apache.hadoop.yarn.api.records.SchedulingRequest;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.ClientRMProxy;
import org.apache.hadoop.yarn.client.api.AMRMClient;
import org.apache.hadoop.yarn.client.api.AMRMClient.ContainerRequest;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;
import org.apache.hadoop.yarn.util.ConverterUtils;
import org.jspecify.annotations.Nullable;

/** The calls of an application master without a process: an unmanaged one, or one whose node has said that it started. */
public final class SimulatedMaster {
    private final Stage stage;
    private final ApplicationAttemptId attempt;
    private final UserGroupInformation user;
    private final ApplicationMasterProtocol protocol;
    private int responseId;

    private SimulatedMaster(
            Stage stage, ApplicationAttemptId attempt, UserGroupInformation user, ApplicationMasterProtocol protocol) {
        this.stage = stage;
        this.attempt = attempt;
        this.user = user;
        this.protocol = protocol;
    }

    /** The master of an application that was submitted; its token is in the owner's report. */
    static SimulatedMaster of(Stage stage, ApplicationId id) throws Exception {
        Await.until("the token of " + id, Stage.LIMIT, () -> stage.report(id).getAMRMToken() != null);
        ApplicationReport report = stage.report(id);
        return of(
                stage,
                report.getCurrentApplicationAttemptId(),
                ConverterUtils.convertFromYarn(
                        report.getAMRMToken(), ClientRMProxy.getAMRMTokenService(stage.configuration())));
    }

    /** The master of an attempt, by the token that it was given. */
    public static SimulatedMaster of(Stage stage, ApplicationAttemptId attempt, Token<AMRMTokenIdentifier> token) {
        UserGroupInformation user = UserGroupInformation.createRemoteUser(attempt.toString());
        user.addToken(token);
        ApplicationMasterProtocol protocol = stage.proxy(
                ApplicationMasterProtocol.class,
                stage.configuration()
                        .getSocketAddr(
                                YarnConfiguration.RM_SCHEDULER_ADDRESS,
                                YarnConfiguration.DEFAULT_RM_SCHEDULER_ADDRESS,
                                YarnConfiguration.DEFAULT_RM_SCHEDULER_PORT),
                user);
        return new SimulatedMaster(stage, attempt, user, protocol);
    }

    ApplicationId application() {
        return attempt.getApplicationId();
    }

    ApplicationAttemptId attempt() {
        return attempt;
    }

    ApplicationMasterProtocol protocol() {
        return protocol;
    }

    public RegisterApplicationMasterResponse register() throws Exception {
        return protocol.registerApplicationMaster(
                RegisterApplicationMasterRequest.newInstance("localhost", 4040, "http://localhost:4041/"));
    }

    /** Registers, and waits until the application is known to run. */
    SimulatedMaster registered() throws Exception {
        register();
        stage.await(application(), YarnApplicationState.RUNNING);
        return this;
    }

    static ResourceRequest ask(int priority, int memoryMb, int count) {
        return ResourceRequest.newInstance(
                Priority.newInstance(priority), ResourceRequest.ANY, Resource.newInstance(memoryMb, 1), count);
    }

    AllocateResponse allocate(ResourceRequest... asks) throws Exception {
        return allocate(List.of(asks), List.of());
    }

    public AllocateResponse allocate(List<ResourceRequest> asks, List<ContainerId> releases) throws Exception {
        AllocateResponse response = allocateWith(responseId, asks, releases);
        responseId = response.getResponseId();
        return response;
    }

    public AllocateResponse allocate(
            List<ResourceRequest> asks, List<ContainerId> releases, @Nullable ResourceBlacklistRequest blacklist)
            throws Exception {
        AllocateResponse response = protocol.allocate(AllocateRequest.newInstance(
                responseId, 0.25f, new ArrayList<>(asks), new ArrayList<>(releases), blacklist));
        responseId = response.getResponseId();
        return response;
    }

    /** A call out of the usual order; the next usual one goes on as if it had not been. */
    AllocateResponse allocateWith(int lastResponseId, List<ResourceRequest> asks, List<ContainerId> releases)
            throws Exception {
        return protocol.allocate(AllocateRequest.newInstance(
                lastResponseId, 0.25f, new ArrayList<>(asks), new ArrayList<>(releases), null));
    }

    int lastResponseId() {
        return responseId;
    }

    /** A call with scheduling requests. */
    AllocateResponse schedule(SchedulingRequest... requests) throws Exception {
        AllocateRequest request = AllocateRequest.newBuilder()
                .responseId(responseId)
                .progress(0.25f)
                .askList(List.of())
                .releaseList(List.of())
                .schedulingRequests(List.of(requests))
                .build();
        AllocateResponse response = protocol.allocate(request);
        responseId = response.getResponseId();
        return response;
    }

    /** Sends scheduling requests, and calls again until that many containers are there, while nodes go on living. */
    List<Container> scheduled(int count, List<SimulatedNode> nodes, SchedulingRequest... requests) throws Exception {
        List<Container> containers = new ArrayList<>(schedule(requests).getAllocatedContainers());
        Await.until(() -> count + " containers, now " + containers, Stage.LIMIT, () -> {
            if (containers.size() >= count) {
                return true;
            }
            for (SimulatedNode node : nodes) {
                node.heartbeat();
            }
            containers.addAll(allocate().getAllocatedContainers());
            return containers.size() >= count;
        });
        return containers;
    }

    /** Hadoop's own client, which speaks as this master. */
    AMRMClient<ContainerRequest> client() {
        return user.doAs((PrivilegedAction<AMRMClient<ContainerRequest>>) () -> {
            AMRMClient<ContainerRequest> client = AMRMClient.createAMRMClient();
            client.init(stage.configuration());
            client.start();
            return client;
        });
    }

    /** What came with containers. */
    record Granted(List<Container> containers, List<NMToken> tokens) {
        Container one() {
            return containers.get(0);
        }
    }

    /** Asks, and calls again until that many containers are there, while nodes go on living. */
    Granted granted(int count, List<SimulatedNode> nodes, ResourceRequest... asks) throws Exception {
        List<Container> containers = new ArrayList<>();
        List<NMToken> tokens = new ArrayList<>();
        take(allocate(asks), containers, tokens);
        Await.until(() -> count + " containers, now " + containers, Stage.LIMIT, () -> {
            if (containers.size() >= count) {
                return true;
            }
            for (SimulatedNode node : nodes) {
                node.heartbeat();
            }
            take(allocate(), containers, tokens);
            return containers.size() >= count;
        });
        return new Granted(containers, tokens);
    }

    private static void take(AllocateResponse response, List<Container> containers, List<NMToken> tokens) {
        containers.addAll(response.getAllocatedContainers());
        tokens.addAll(response.getNMTokens());
    }

    /** Releases containers, if any, and calls until the end of one is told. */
    ContainerStatus exit(ContainerId container, List<SimulatedNode> nodes, List<ContainerId> releases)
            throws Exception {
        List<ContainerStatus> found = new ArrayList<>();
        allocate(List.of(), releases).getCompletedContainersStatuses().stream()
                .filter(status -> status.getContainerId().equals(container))
                .forEach(found::add);
        Await.until("the end of " + container, Stage.LIMIT, () -> {
            if (!found.isEmpty()) {
                return true;
            }
            allocate().getCompletedContainersStatuses().stream()
                    .filter(status -> status.getContainerId().equals(container))
                    .forEach(found::add);
            for (SimulatedNode node : nodes) {
                node.heartbeat();
            }
            return !found.isEmpty();
        });
        return found.get(0);
    }

    public FinishApplicationMasterResponse finish(FinalApplicationStatus status, String diagnostics) throws Exception {
        return protocol.finishApplicationMaster(
                FinishApplicationMasterRequest.newInstance(status, diagnostics, "http://localhost:1/history"));
    }

    /** Says that it has finished until that is recorded. */
    void finished(FinalApplicationStatus status, String diagnostics) {
        Await.until("the end of " + attempt, Stage.LIMIT, () -> finish(status, diagnostics)
                .getIsUnregistered());
    }
}
