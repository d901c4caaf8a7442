package dev.heddle.nm.wire;

import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.RpcMethod;
import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.nm.container.NodeController;
import dev.heddle.nm.container.StartOrder;
import dev.heddle.nm.work.LoopHandoff;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.hadoop.security.token.SecretManager.InvalidToken;
import org.apache.hadoop.thirdparty.protobuf.Message;
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
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.SerializedException;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.NMNotYetReadyException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.ContainerManagementProtocol.ContainerManagementProtocolService;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerIdProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.ContainerUpdateRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetContainerStatusesRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetContainerStatusesResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetLocalizationStatusesRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.IncreaseContainersResourceRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.ReInitializeContainerRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.ResourceLocalizationRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.SignalContainerRequestProto;
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
    private final TokenRules rules;
    private final LoopHandoff writer;
    private final NodeController controller;
    private final long minimumRetryMs;
    private final ContainerChangesEndpoint changes;

    /** @param minimumRetryMs the least pause before a container that has failed is started again */
    public ContainerManagementEndpoint(
            NodeIdentity node,
            ResourceManagerLink.Trust trust,
            LoopHandoff writer,
            NodeController controller,
            InstantSource clock,
            long minimumRetryMs) {
        this.node = node;
        this.rules = new TokenRules(trust, clock);
        this.writer = writer;
        this.controller = controller;
        this.minimumRetryMs = minimumRetryMs;
        this.changes = new ContainerChangesEndpoint(rules, writer, controller.changes(), minimumRetryMs);
    }

    /** How one of an endpoint's methods answers. */
    private interface Method<Q, R> {
        CompletionStage<R> answer(ContainerManagementEndpoint endpoint, Caller caller, Q request)
                throws YarnException, IOException;
    }

    /**
     * The protocol, answered by an endpoint that may come later than the port that serves it: a node knows its name only
     * once its port is bound.
     */
    public static RpcProtocol protocol(Supplier<@Nullable ContainerManagementEndpoint> endpoint) {
        return RpcProtocol.builder(
                        ContainerManagementProtocolPB.class, ContainerManagementProtocolService.getDescriptor())
                .authorizedBy(YarnConfiguration.YARN_SECURITY_SERVICE_AUTHORIZATION_CONTAINER_MANAGEMENT_PROTOCOL)
                .on(
                        "startContainers",
                        StartContainersRequestProto.getDefaultInstance(),
                        method(endpoint, ContainerManagementEndpoint::startContainers))
                .on(
                        "stopContainers",
                        StopContainersRequestProto.getDefaultInstance(),
                        method(endpoint, ContainerManagementEndpoint::stopContainers))
                .on(
                        "getContainerStatuses",
                        GetContainerStatusesRequestProto.getDefaultInstance(),
                        method(endpoint, ContainerManagementEndpoint::getContainerStatuses))
                .on(
                        "updateContainer",
                        ContainerUpdateRequestProto.getDefaultInstance(),
                        method(endpoint, (self, caller, request) -> self.changes.updateContainer(caller, request)))
                .on(
                        "increaseContainersResource",
                        IncreaseContainersResourceRequestProto.getDefaultInstance(),
                        method(endpoint, (self, caller, request) -> self.changes.increase(caller, request)))
                .on(
                        "signalToContainer",
                        SignalContainerRequestProto.getDefaultInstance(),
                        method(endpoint, (self, caller, request) -> self.changes.signal(caller, request)))
                .on(
                        "localize",
                        ResourceLocalizationRequestProto.getDefaultInstance(),
                        method(endpoint, (self, caller, request) -> self.changes.localize(caller, request)))
                .on(
                        "getLocalizationStatuses",
                        GetLocalizationStatusesRequestProto.getDefaultInstance(),
                        method(endpoint, (self, caller, request) -> self.changes.statuses(caller, request)))
                .on(
                        "reInitializeContainer",
                        ReInitializeContainerRequestProto.getDefaultInstance(),
                        method(endpoint, (self, caller, request) -> self.changes.reinitialize(caller, request)))
                .on(
                        "restartContainer",
                        ContainerIdProto.getDefaultInstance(),
                        method(endpoint, (self, caller, request) -> self.changes.restart(caller, request)))
                .on(
                        "rollbackLastReInitialization",
                        ContainerIdProto.getDefaultInstance(),
                        method(endpoint, (self, caller, request) -> self.changes.rollBack(caller, request)))
                .on(
                        "commitLastReInitialization",
                        ContainerIdProto.getDefaultInstance(),
                        method(endpoint, (self, caller, request) -> self.changes.commit(caller, request)))
                .build();
    }

    private static <Q extends Message, R extends Message> RpcMethod<Q, R> method(
            Supplier<@Nullable ContainerManagementEndpoint> endpoint, Method<Q, R> method) {
        return (caller, request) -> {
            ContainerManagementEndpoint ready = endpoint.get();
            if (ready == null) {
                throw new NMNotYetReadyException("The node manager is starting.");
            }
            return method.answer(ready, caller, request);
        };
    }

    private CompletionStage<StartContainersResponseProto> startContainers(
            Caller caller, StartContainersRequestProto request) throws YarnException, IOException {
        NMTokenIdentifier nmToken = TokenRules.caller(caller);
        rules.requireRegistered();
        List<StartOrder> orders = new ArrayList<>();
        Map<ContainerId, SerializedException> failures = new HashMap<>();
        for (StartContainerRequest each : new StartContainersRequestPBImpl(request).getStartContainerRequests()) {
            if (each.getContainerLaunchContext() == null) {
                throw new IOException("Invalid ContainerToken: a start request needs a token and a launch context");
            }
            ContainerTokenIdentifier token = TokenRules.read(each.getContainerToken());
            try {
                rules.check(nmToken, each.getContainerToken(), token, TokenRules.Use.START);
                orders.add(StartOrders.read(token, each.getContainerLaunchContext(), minimumRetryMs, node.services()));
            } catch (YarnException | InvalidToken e) {
                failures.put(token.getContainerID(), SerializedException.newInstance(e));
            }
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
        return ((StartContainersResponsePBImpl)
                        StartContainersResponse.newInstance(node.services().metadata(), started, failures))
                .getProto();
    }

    private CompletionStage<StopContainersResponseProto> stopContainers(
            Caller caller, StopContainersRequestProto request) throws YarnException {
        NMTokenIdentifier nmToken = TokenRules.caller(caller);
        List<ContainerId> ids = new StopContainersRequestPBImpl(request).getContainerIds();
        return durably(writer.ask(() -> {
            List<ContainerId> stopped = new ArrayList<>();
            Map<ContainerId, SerializedException> failures = new HashMap<>();
            for (ContainerId id : ids) {
                try {
                    TokenRules.requireOwn(nmToken, id, "stop");
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
        NMTokenIdentifier nmToken = TokenRules.caller(caller);
        List<ContainerId> ids = new GetContainerStatusesRequestPBImpl(request).getContainerIds();
        return writer.ask(() -> {
            List<ContainerStatus> statuses = new ArrayList<>();
            Map<ContainerId, SerializedException> failures = new HashMap<>();
            for (ContainerId id : ids) {
                try {
                    TokenRules.requireOwn(nmToken, id, "get status for");
                    statuses.add(NodeRecords.status(controller.status(id), node));
                } catch (YarnException e) {
                    failures.put(id, SerializedException.newInstance(e));
                }
            }
            return ((GetContainerStatusesResponsePBImpl) GetContainerStatusesResponse.newInstance(statuses, failures))
                    .getProto();
        });
    }
}
