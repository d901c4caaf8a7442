package dev.heddle.nm.wire;

import dev.heddle.common.rpc.Caller;
import dev.heddle.nm.container.ContainerChanges;
import dev.heddle.nm.container.LaunchChange;
import dev.heddle.nm.container.SignalOrder;
import dev.heddle.nm.localization.ResourceRequest;
import dev.heddle.nm.work.LoopHandoff;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import org.apache.hadoop.security.token.SecretManager.InvalidToken;
import org.apache.hadoop.yarn.api.protocolrecords.ContainerUpdateResponse;
import org.apache.hadoop.yarn.api.protocolrecords.IncreaseContainersResourceResponse;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.ContainerUpdateRequestPBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.ContainerUpdateResponsePBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.GetLocalizationStatusesRequestPBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.GetLocalizationStatusesResponsePBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.IncreaseContainersResourceRequestPBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.IncreaseContainersResourceResponsePBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.ReInitializeContainerRequestPBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.ResourceLocalizationRequestPBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.SignalContainerRequestPBImpl;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.LocalizationStatus;
import org.apache.hadoop.yarn.api.records.SerializedException;
import org.apache.hadoop.yarn.api.records.Token;
import org.apache.hadoop.yarn.api.records.impl.pb.ContainerIdPBImpl;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerIdProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.CommitResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.ContainerUpdateRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.ContainerUpdateResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetLocalizationStatusesRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetLocalizationStatusesResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.IncreaseContainersResourceRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.IncreaseContainersResourceResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.ReInitializeContainerRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.ReInitializeContainerResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.ResourceLocalizationRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.ResourceLocalizationResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.RestartContainerResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.RollbackResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.SignalContainerRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.SignalContainerResponseProto;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;
import org.apache.hadoop.yarn.security.NMTokenIdentifier;

/** Those methods of {@code ContainerManagementProtocol} that change a container which has been started. */
final class ContainerChangesEndpoint {
    private final TokenRules rules;
    private final LoopHandoff writer;
    private final ContainerChanges changes;
    private final long minimumRetryMs;

    /** A change that the writer thread makes. */
    private interface Change {
        void make() throws YarnException;
    }

    /** What became of several updates. */
    private record Updates(List<ContainerId> made, Map<ContainerId, SerializedException> failures) {}

    ContainerChangesEndpoint(TokenRules rules, LoopHandoff writer, ContainerChanges changes, long minimumRetryMs) {
        this.rules = rules;
        this.writer = writer;
        this.changes = changes;
        this.minimumRetryMs = minimumRetryMs;
    }

    CompletionStage<ContainerUpdateResponseProto> updateContainer(Caller caller, ContainerUpdateRequestProto request)
            throws YarnException, IOException {
        return update(caller, new ContainerUpdateRequestPBImpl(request).getContainersToUpdate())
                .thenApply(updates -> ((ContainerUpdateResponsePBImpl)
                                ContainerUpdateResponse.newInstance(updates.made(), updates.failures()))
                        .getProto());
    }

    /** The older name of {@link #updateContainer}. */
    CompletionStage<IncreaseContainersResourceResponseProto> increase(
            Caller caller, IncreaseContainersResourceRequestProto request) throws YarnException, IOException {
        return update(caller, new IncreaseContainersResourceRequestPBImpl(request).getContainersToIncrease())
                .thenApply(updates -> ((IncreaseContainersResourceResponsePBImpl)
                                IncreaseContainersResourceResponse.newInstance(updates.made(), updates.failures()))
                        .getProto());
    }

    private CompletionStage<Updates> update(Caller caller, List<Token> tokens) throws YarnException, IOException {
        NMTokenIdentifier nmToken = TokenRules.caller(caller);
        rules.requireRegistered();
        List<ContainerTokenIdentifier> verified = new ArrayList<>();
        Map<ContainerId, SerializedException> failures = new HashMap<>();
        for (Token token : tokens) {
            ContainerTokenIdentifier identifier = TokenRules.read(token);
            try {
                rules.check(nmToken, token, identifier, TokenRules.Use.UPDATE);
                verified.add(identifier);
            } catch (YarnException | InvalidToken e) {
                failures.put(identifier.getContainerID(), SerializedException.newInstance(e));
            }
        }
        return durably(() -> {
            List<ContainerId> made = new ArrayList<>();
            for (ContainerTokenIdentifier identifier : verified) {
                try {
                    changes.update(identifier);
                    made.add(identifier.getContainerID());
                } catch (YarnException e) {
                    failures.put(identifier.getContainerID(), SerializedException.newInstance(e));
                }
            }
            return new Updates(made, failures);
        });
    }

    CompletionStage<SignalContainerResponseProto> signal(Caller caller, SignalContainerRequestProto request)
            throws YarnException {
        SignalContainerRequestPBImpl record = new SignalContainerRequestPBImpl(request);
        if (record.getContainerId() == null || record.getCommand() == null) {
            throw new YarnException("A signal needs a container and a command");
        }
        TokenRules.requireOwn(TokenRules.caller(caller), record.getContainerId(), "signal");
        return make(
                () -> changes.signal(new SignalOrder(record.getContainerId(), record.getCommand())),
                SignalContainerResponseProto.getDefaultInstance());
    }

    CompletionStage<ResourceLocalizationResponseProto> localize(Caller caller, ResourceLocalizationRequestProto request)
            throws YarnException {
        ResourceLocalizationRequestPBImpl record = new ResourceLocalizationRequestPBImpl(request);
        ContainerId id = own(caller, record.getContainerId(), "LOCALIZE");
        List<ResourceRequest> resources = StartOrders.resources(record.getLocalResources());
        return make(() -> changes.localize(id, resources), ResourceLocalizationResponseProto.getDefaultInstance());
    }

    CompletionStage<GetLocalizationStatusesResponseProto> statuses(
            Caller caller, GetLocalizationStatusesRequestProto request) throws YarnException {
        NMTokenIdentifier nmToken = TokenRules.caller(caller);
        List<ContainerId> ids = new GetLocalizationStatusesRequestPBImpl(request).getContainerIds();
        return writer.ask(() -> {
            Map<ContainerId, List<LocalizationStatus>> statuses = new HashMap<>();
            Map<ContainerId, SerializedException> failures = new HashMap<>();
            for (ContainerId id : ids) {
                try {
                    TokenRules.requireOwn(nmToken, id, "get status for");
                    statuses.put(
                            id,
                            changes.files(id).stream()
                                    .map(NodeRecords::localization)
                                    .toList());
                } catch (YarnException e) {
                    failures.put(id, SerializedException.newInstance(e));
                }
            }
            // Hadoop's record forgets the failures that it is made with.
            GetLocalizationStatusesResponsePBImpl response = new GetLocalizationStatusesResponsePBImpl();
            response.setLocalizationStatuses(statuses);
            response.setFailedRequests(failures);
            return response.getProto();
        });
    }

    CompletionStage<ReInitializeContainerResponseProto> reinitialize(
            Caller caller, ReInitializeContainerRequestProto request) throws YarnException {
        ReInitializeContainerRequestPBImpl record = new ReInitializeContainerRequestPBImpl(request);
        ContainerId id = own(caller, record.getContainerId(), "RE_INIT");
        ContainerLaunchContext launch = record.getContainerLaunchContext();
        ReInitializeContainerResponseProto answer = ReInitializeContainerResponseProto.getDefaultInstance();
        if (launch == null) {
            return make(() -> changes.restart(id), answer);
        }
        LaunchChange change = StartOrders.readChange(launch, minimumRetryMs);
        return make(() -> changes.reinitialize(id, change, !record.getAutoCommit()), answer);
    }

    CompletionStage<RestartContainerResponseProto> restart(Caller caller, ContainerIdProto request)
            throws YarnException {
        ContainerId id = own(caller, new ContainerIdPBImpl(request), "RE_INIT");
        return make(() -> changes.restart(id), RestartContainerResponseProto.getDefaultInstance());
    }

    CompletionStage<RollbackResponseProto> rollBack(Caller caller, ContainerIdProto request) throws YarnException {
        ContainerId id = own(caller, new ContainerIdPBImpl(request), "ROLLBACK");
        return make(() -> changes.rollBack(id), RollbackResponseProto.getDefaultInstance());
    }

    CompletionStage<CommitResponseProto> commit(Caller caller, ContainerIdProto request) throws YarnException {
        ContainerId id = own(caller, new ContainerIdPBImpl(request), "COMMIT");
        return make(() -> changes.commit(id), CommitResponseProto.getDefaultInstance());
    }

    private static ContainerId own(Caller caller, ContainerId id, String operation) throws YarnException {
        if (id == null || id.getApplicationAttemptId() == null) {
            throw new YarnException("[" + operation + "] needs a container");
        }
        if (!TokenRules.owns(TokenRules.caller(caller), id)) {
            throw new YarnException(
                    "ApplicationMaster not authorized to perform [" + operation + "] on Container [" + id + "]!!");
        }
        return id;
    }

    private <R> CompletionStage<R> make(Change change, R answer) {
        return durably(() -> {
            change.make();
            return answer;
        });
    }

    /** Answers once what the writer thread has decided would survive this daemon. */
    private <R> CompletionStage<R> durably(Callable<R> decision) {
        return writer.ask(decision).thenCompose(answer -> changes.durable().thenApply(safe -> answer));
    }
}
