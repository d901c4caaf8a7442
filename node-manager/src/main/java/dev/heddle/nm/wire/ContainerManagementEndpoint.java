package dev.heddle.nm.wire;

import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.nm.container.ContainerSnapshot;
import dev.heddle.nm.container.NodeController;
import dev.heddle.nm.container.StartOrder;
import dev.heddle.nm.security.ContainerTokenSecrets;
import dev.heddle.nm.security.NmTokenSecrets;
import dev.heddle.nm.work.LoopHandoff;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.hadoop.security.token.SecretManager.InvalidToken;
import org.apache.hadoop.yarn.api.ContainerManagementProtocolPB;
import org.apache.hadoop.yarn.api.protocolrecords.GetContainerStatusesResponse;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainerRequest;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersResponse;
import org.apache.hadoop.yarn.api.protocolrecords.StopContainersResponse;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.GetContainerStatusesRequestPBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.GetContainerStatusesResponsePBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.StartContainersRequestPBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.StartContainersResponsePBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.StopContainersRequestPBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.StopContainersResponsePBImpl;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.SerializedException;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.InvalidContainerException;
import org.apache.hadoop.yarn.exceptions.NMNotYetReadyException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.ContainerManagementProtocol.ContainerManagementProtocolService;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetContainerStatusesRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetContainerStatusesResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.StartContainersRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.StartContainersResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.StopContainersRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.StopContainersResponseProto;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;
import org.apache.hadoop.yarn.security.NMTokenIdentifier;
import org.jspecify.annotations.Nullable;

/**
 * {@code ContainerManagementProtocol}: what application masters, and the resource manager for them, ask of a node. Tokens
 * are verified on the server's own threads; what they allow is decided by the writer thread.
 */
public final class ContainerManagementEndpoint {
    private final NodeIdentity node;
    private final NmTokenSecrets nmTokens;
    private final ContainerTokenSecrets containerTokens;
    private final Registration registration;
    private final LoopHandoff writer;
    private final NodeController controller;
    private final InstantSource clock;

    public ContainerManagementEndpoint(
            NodeIdentity node,
            NmTokenSecrets nmTokens,
            ContainerTokenSecrets containerTokens,
            Registration registration,
            LoopHandoff writer,
            NodeController controller,
            InstantSource clock) {
        this.node = node;
        this.nmTokens = nmTokens;
        this.containerTokens = containerTokens;
        this.registration = registration;
        this.writer = writer;
        this.controller = controller;
        this.clock = clock;
    }

    /**
     * The protocol, answered by an endpoint that may come later than the port that serves it: a node knows its name only
     * once its port is bound.
     */
    public static RpcProtocol protocol(Supplier<@Nullable ContainerManagementEndpoint> endpoint) {
        return RpcProtocol.builder(
                        ContainerManagementProtocolPB.class, ContainerManagementProtocolService.getDescriptor())
                .authorizedBy(YarnConfiguration.YARN_SECURITY_SERVICE_AUTHORIZATION_CONTAINER_MANAGEMENT_PROTOCOL)
                .on("startContainers", StartContainersRequestProto.getDefaultInstance(), (caller, request) -> ready(
                                endpoint.get())
                        .startContainers(caller, request))
                .on("stopContainers", StopContainersRequestProto.getDefaultInstance(), (caller, request) -> ready(
                                endpoint.get())
                        .stopContainers(caller, request))
                .on(
                        "getContainerStatuses",
                        GetContainerStatusesRequestProto.getDefaultInstance(),
                        (caller, request) -> ready(endpoint.get()).getContainerStatuses(caller, request))
                .build();
    }

    private static ContainerManagementEndpoint ready(@Nullable ContainerManagementEndpoint endpoint)
            throws NMNotYetReadyException {
        if (endpoint == null) {
            throw new NMNotYetReadyException("The node manager is starting.");
        }
        return endpoint;
    }

    private CompletionStage<StartContainersResponseProto> startContainers(
            Caller caller, StartContainersRequestProto request) throws YarnException, IOException {
        NMTokenIdentifier nmToken = nmToken(caller);
        Long resourceManager = registration.identifier();
        if (resourceManager == null) {
            throw new NMNotYetReadyException("The node manager has not yet registered with a resource manager.");
        }
        List<StartOrder> orders = new ArrayList<>();
        Map<ContainerId, SerializedException> failures = new HashMap<>();
        for (StartContainerRequest each : new StartContainersRequestPBImpl(request).getStartContainerRequests()) {
            if (each.getContainerToken() == null || each.getContainerLaunchContext() == null) {
                throw new IOException("Invalid ContainerToken: a start request needs a token and a launch context");
            }
            ContainerTokenIdentifier token = ContainerTokenSecrets.read(each.getContainerToken());
            try {
                containerTokens.verify(each.getContainerToken(), token);
                authorize(nmToken, token, resourceManager);
                orders.add(StartOrders.read(token, each.getContainerLaunchContext()));
            } catch (YarnException | InvalidToken e) {
                failures.put(token.getContainerID(), SerializedException.newInstance(e));
            }
        }
        if (!orders.isEmpty()) {
            nmTokens.remember(nmToken);
        }
        return durably(writer.ask(() -> start(orders, failures)));
    }

    /** Answers once what was decided would survive this daemon. */
    private <T> CompletionStage<T> durably(CompletionStage<T> decided) {
        return decided.thenCompose(answer -> controller.durable().thenApply(safe -> answer));
    }

    /** By the writer thread. */
    private StartContainersResponseProto start(
            List<StartOrder> orders, Map<ContainerId, SerializedException> failures) {
        List<ContainerId> started = new ArrayList<>();
        for (StartOrder order : orders) {
            ContainerId id = order.token().getContainerID();
            try {
                controller.start(order);
                started.add(id);
            } catch (YarnException e) {
                failures.put(id, SerializedException.newInstance(e));
            }
        }
        return ((StartContainersResponsePBImpl) StartContainersResponse.newInstance(Map.of(), started, failures))
                .getProto();
    }

    private void authorize(NMTokenIdentifier nmToken, ContainerTokenIdentifier token, long resourceManager)
            throws YarnException {
        ContainerId id = token.getContainerID();
        String refusal = "Unauthorized request to start container.";
        if (!nmToken.getApplicationAttemptId()
                .getApplicationId()
                .equals(id.getApplicationAttemptId().getApplicationId())) {
            throw new YarnException(refusal + "\nNMToken for application attempt : "
                    + nmToken.getApplicationAttemptId()
                    + " was used for starting container with container token issued for application attempt : "
                    + id.getApplicationAttemptId());
        }
        if (!nmToken.getApplicationSubmitter().equals(token.getApplicationSubmitter())) {
            throw new YarnException(refusal + "\nThe NM token is for user " + nmToken.getApplicationSubmitter()
                    + " and the container token for user " + token.getApplicationSubmitter() + ".");
        }
        Instant now = clock.instant();
        if (token.getExpiryTimeStamp() < now.toEpochMilli()) {
            throw new YarnException(refusal + "\nThis token is expired. current time is " + now.toEpochMilli()
                    + " found " + token.getExpiryTimeStamp()
                    + "\nNote: System times on machines may be out of sync. Check system time and time zones.");
        }
        if (token.getRMIdentifier() != resourceManager) {
            throw new InvalidContainerException("\nContainer " + id + " rejected as it is allocated by a previous RM");
        }
    }

    private static NMTokenIdentifier nmToken(Caller caller) throws YarnException {
        if (!(caller.token() instanceof NMTokenIdentifier token)) {
            throw new YarnException("Invalid NMToken");
        }
        if (!caller.user().equals(token.getApplicationAttemptId().toString())) {
            throw new YarnException(
                    "Expected applicationAttemptId: " + caller.user() + "Found: " + token.getApplicationAttemptId());
        }
        return token;
    }

    private CompletionStage<StopContainersResponseProto> stopContainers(
            Caller caller, StopContainersRequestProto request) throws YarnException {
        NMTokenIdentifier nmToken = nmToken(caller);
        List<ContainerId> ids = new StopContainersRequestPBImpl(request).getContainerIds();
        return durably(writer.ask(() -> {
            List<ContainerId> stopped = new ArrayList<>();
            Map<ContainerId, SerializedException> failures = new HashMap<>();
            for (ContainerId id : ids) {
                try {
                    own(nmToken, id, "stop");
                    controller.stop(id);
                    stopped.add(id);
                } catch (YarnException e) {
                    failures.put(id, SerializedException.newInstance(e));
                }
            }
            return ((StopContainersResponsePBImpl) StopContainersResponse.newInstance(stopped, failures)).getProto();
        }));
    }

    private CompletionStage<GetContainerStatusesResponseProto> getContainerStatuses(
            Caller caller, GetContainerStatusesRequestProto request) throws YarnException {
        NMTokenIdentifier nmToken = nmToken(caller);
        List<ContainerId> ids = new GetContainerStatusesRequestPBImpl(request).getContainerIds();
        return writer.ask(() -> {
            List<ContainerStatus> statuses = new ArrayList<>();
            Map<ContainerId, SerializedException> failures = new HashMap<>();
            for (ContainerId id : ids) {
                try {
                    own(nmToken, id, "get status for");
                    ContainerSnapshot snapshot = controller.status(id);
                    statuses.add(NodeRecords.status(snapshot, node));
                } catch (YarnException e) {
                    failures.put(id, SerializedException.newInstance(e));
                }
            }
            return ((GetContainerStatusesResponsePBImpl) GetContainerStatusesResponse.newInstance(statuses, failures))
                    .getProto();
        });
    }

    private static void own(NMTokenIdentifier nmToken, ContainerId id, String what) throws YarnException {
        ApplicationId application = nmToken.getApplicationAttemptId().getApplicationId();
        if (!application.equals(id.getApplicationAttemptId().getApplicationId())) {
            throw new YarnException(
                    nmToken.getApplicationAttemptId() + " attempted to " + what + " non-application container : " + id);
        }
    }
}
