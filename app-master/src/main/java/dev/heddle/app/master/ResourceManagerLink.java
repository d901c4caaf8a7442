package dev.heddle.app.master;

import dev.heddle.app.ApplicationSettings;
import dev.heddle.app.launch.ContainerMemory;
import dev.heddle.common.rpc.client.LeaderConnection;
import dev.heddle.common.rpc.client.LeaderSearch;
import dev.heddle.common.rpc.client.RpcCall;
import dev.heddle.common.rpc.client.RpcIdentity;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.thirdparty.protobuf.Descriptors.ServiceDescriptor;
import org.apache.hadoop.yarn.api.protocolrecords.AllocateRequest;
import org.apache.hadoop.yarn.api.protocolrecords.AllocateResponse;
import org.apache.hadoop.yarn.api.protocolrecords.FinishApplicationMasterRequest;
import org.apache.hadoop.yarn.api.protocolrecords.RegisterApplicationMasterRequest;
import org.apache.hadoop.yarn.api.protocolrecords.RegisterApplicationMasterResponse;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.AllocateRequestPBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.AllocateResponsePBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.FinishApplicationMasterRequestPBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.RegisterApplicationMasterRequestPBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.RegisterApplicationMasterResponsePBImpl;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.client.AMRMClientUtils;
import org.apache.hadoop.yarn.exceptions.ApplicationAttemptNotFoundException;
import org.apache.hadoop.yarn.exceptions.ApplicationMasterNotRegisteredException;
import org.apache.hadoop.yarn.exceptions.InvalidApplicationMasterRequestException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.ApplicationMasterProtocol.ApplicationMasterProtocolService;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.AllocateRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.AllocateResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.FinishApplicationMasterRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.FinishApplicationMasterResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.RegisterApplicationMasterRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.RegisterApplicationMasterResponseProto;
import org.apache.hadoop.yarn.util.ConverterUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The application master's conversation with whichever resource manager leads. It calls at intervals, and at once when
 * something is wanted.
 *
 * <p>There is one call at a time; its answer, or a timer, begins the next. All of this belongs to one I/O thread, and none
 * waits. A call without an answer is repeated as it was, so that the resource manager can tell by the response id whether
 * it was carried out. A new leader does not know this attempt: it is registered again and tells everything that is wanted.
 */
final class ResourceManagerLink implements ContainerSource, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ResourceManagerLink.class);

    private static final ServiceDescriptor SERVICE = ApplicationMasterProtocolService.getDescriptor();

    private static final RpcCall<RegisterApplicationMasterRequestProto, RegisterApplicationMasterResponseProto>
            REGISTER = RpcCall.of(
                    SERVICE,
                    "registerApplicationMaster",
                    RegisterApplicationMasterRequestProto.getDefaultInstance(),
                    RegisterApplicationMasterResponseProto.getDefaultInstance());

    private static final RpcCall<AllocateRequestProto, AllocateResponseProto> ALLOCATE = RpcCall.of(
            SERVICE, "allocate", AllocateRequestProto.getDefaultInstance(), AllocateResponseProto.getDefaultInstance());

    private static final RpcCall<FinishApplicationMasterRequestProto, FinishApplicationMasterResponseProto> FINISH =
            RpcCall.of(
                    SERVICE,
                    "finishApplicationMaster",
                    FinishApplicationMasterRequestProto.getDefaultInstance(),
                    FinishApplicationMasterResponseProto.getDefaultInstance());

    /** Between two questions whether the resource manager has recorded the outcome. */
    private static final long FINISH_INTERVAL_MS = 100;

    /** Five minutes' worth of them. */
    private static final int MAX_FINISH_CALLS = 3_000;

    private final LeaderConnection leader;
    private final String user;
    private final NodeTokens nodeTokens;
    private final ScheduledExecutorService loop;
    private final long idleIntervalMs;
    private final long waitingIntervalMs;
    private volatile int target;

    // These belong to the loop.
    private final ContainerLedger ledger;
    private RegisterApplicationMasterRequestProto registration =
            RegisterApplicationMasterRequestProto.getDefaultInstance();
    private @Nullable ContainerEvents events;
    private int responseId;
    private boolean news;
    /** Whether the resource manager has answered an allocation since this attempt was registered. */
    private boolean settled;

    private boolean stopping;
    private @Nullable ScheduledFuture<?> timer;
    private @Nullable CompletableFuture<Void> underWay;
    private @Nullable Future<?> finishing;

    /**
     * Prepares the link.
     *
     * @param leader for this link alone, on the same loop; the link closes it
     * @param user who calls; the token that proves it may change
     * @param nodeTokens gets the tokens that the resource manager sends
     * @param loop one I/O thread
     */
    ResourceManagerLink(
            Configuration conf,
            LeaderConnection leader,
            String user,
            NodeTokens nodeTokens,
            ScheduledExecutorService loop) {
        this.leader = leader;
        this.user = user;
        this.nodeTokens = nodeTokens;
        this.loop = loop;
        this.ledger = new ContainerLedger(
                Resource.newInstance(ContainerMemory.executorMb(conf), ApplicationSettings.EXECUTOR_CORES.get(conf)));
        this.idleIntervalMs = ApplicationSettings.HEARTBEAT_INTERVAL.get(conf);
        this.waitingIntervalMs = ApplicationSettings.ALLOCATION_INTERVAL.get(conf);
    }

    /**
     * Registers this attempt and begins to call; once.
     *
     * @return completes when it is registered, and fails if it cannot be
     */
    CompletableFuture<Void> start(String host, int port, String trackingUrl, ContainerEvents listener) {
        return CompletableFuture.completedFuture(null)
                .thenComposeAsync(
                        ignored -> {
                            registration = ((RegisterApplicationMasterRequestPBImpl)
                                            RegisterApplicationMasterRequest.newInstance(host, port, trackingUrl))
                                    .getProto();
                            events = listener;
                            return register().thenRun(this::next);
                        },
                        loop);
    }

    @Override
    public void setTarget(int containers) {
        if (target != containers) {
            target = containers;
            onLoop(() -> {});
        }
    }

    @Override
    public void release(ContainerId container) {
        onLoop(() -> ledger.release(container));
    }

    @Override
    public void disregard(ContainerId container) {
        onLoop(() -> ledger.disregard(container));
    }

    private void onLoop(Runnable change) {
        try {
            loop.execute(() -> {
                change.run();
                hurry();
            });
        } catch (RejectedExecutionException e) {
            log.debug("a change after the end of the conversation with the resource manager");
        }
    }

    /** What has changed while a call is under way is told by the next one, at once. */
    private void hurry() {
        news = true;
        ScheduledFuture<?> waiting = timer;
        if (waiting != null) {
            waiting.cancel(false);
            next();
        }
    }

    private CompletableFuture<Void> register() {
        return leader.call(REGISTER, registration).handle((response, failure) -> {
            if (failure == null) {
                RegisterApplicationMasterResponse registered = new RegisterApplicationMasterResponsePBImpl(response);
                nodeTokens.keep(registered.getNMTokensFromPreviousAttempts());
                log.info("registered; a container has at most {}", registered.getMaximumResourceCapability());
            } else if (!registeredAlready(failure)) {
                throw new CompletionException(failure);
            }
            responseId = 0;
            ledger.forgotten();
            return null;
        });
    }

    /** A registration whose answer was lost was repeated; the resource manager tells by its text alone. */
    private static boolean registeredAlready(Throwable failure) {
        return failure instanceof InvalidApplicationMasterRequestException
                && String.valueOf(failure.getMessage()).contains(AMRMClientUtils.APP_ALREADY_REGISTERED_MESSAGE);
    }

    /** Makes the call that is due. */
    private void next() {
        timer = null;
        ContainerEvents listener = events;
        if (stopping || listener == null) {
            return;
        }
        // Before the request is made: what changes from here on is news again.
        news = false;
        ContainerLedger.Request told = ledger.request(target);
        AllocateRequest request =
                AllocateRequest.newInstance(responseId, listener.progress(), told.asks(), told.releases(), null);
        underWay = leader.call(ALLOCATE, ((AllocateRequestPBImpl) request).getProto())
                .thenAccept(response -> receive(told, new AllocateResponsePBImpl(response), listener))
                .handle((done, failure) -> {
                    settle(failure, listener);
                    return null;
                });
    }

    private void receive(ContainerLedger.Request told, AllocateResponse response, ContainerEvents listener) {
        settled = true;
        responseId = response.getResponseId();
        if (response.getAMRMToken() != null) {
            // The key has rolled; the old token serves a while, but a connection keeps the one that it began with.
            leader.identify(RpcIdentity.token(
                    user, ConverterUtils.convertFromYarn(response.getAMRMToken(), (InetSocketAddress) null)));
        }
        nodeTokens.keep(response.getNMTokens());
        ledger.ended(response.getCompletedContainersStatuses());
        List<Container> all = response.getAllocatedContainers();
        List<Container> granted = ledger.answered(told, all, target);
        if (granted.size() < all.size()) {
            log.info("{} of {} granted containers are too many and go back", all.size() - granted.size(), all.size());
        }
        if (!response.getCompletedContainersStatuses().isEmpty()) {
            listener.completed(response.getCompletedContainersStatuses());
        }
        if (!granted.isEmpty()) {
            listener.granted(granted);
        }
    }

    private void settle(@Nullable Throwable failure, ContainerEvents listener) {
        underWay = null;
        if (stopping) {
            return;
        }
        if (failure == null) {
            long pauseMs = news ? 0 : ledger.lacks(target) ? waitingIntervalMs : idleIntervalMs;
            timer = loop.schedule(this::next, pauseMs, TimeUnit.MILLISECONDS);
            return;
        }
        Throwable cause = LeaderSearch.cause(failure);
        if (cause instanceof ApplicationMasterNotRegisteredException) {
            log.info("the resource manager does not know this attempt any more: registering again");
            // At once, unless that has just been done and did not help.
            news = settled;
            settled = false;
            underWay = register().handle((done, refusal) -> {
                settle(refusal, listener);
                return null;
            });
        } else if (cause instanceof ApplicationAttemptNotFoundException) {
            listener.disowned("the resource manager has ended this attempt");
        } else {
            log.error("the conversation with the resource manager has failed", cause);
            listener.disowned("the resource manager cannot be talked to: " + cause.getMessage());
        }
    }

    /**
     * Ends the conversation, with the application's outcome where the resource manager is to know it; once.
     *
     * @return completes when the resource manager has recorded the outcome, and fails if it refuses it or cannot be found
     */
    CompletableFuture<Void> finish(FinalOutcome outcome) {
        CompletableFuture<Void> recorded = new CompletableFuture<>();
        loop.execute(() -> {
            stopping = true;
            ScheduledFuture<?> waiting = timer;
            if (waiting != null) {
                waiting.cancel(false);
            }
            if (!outcome.registered()) {
                recorded.complete(null);
                return;
            }
            FinishApplicationMasterRequestProto request = ((FinishApplicationMasterRequestPBImpl)
                            FinishApplicationMasterRequest.newInstance(outcome.status(), outcome.diagnostics(), ""))
                    .getProto();
            CompletableFuture<Void> last = underWay == null ? CompletableFuture.completedFuture(null) : underWay;
            finishing = last.thenRun(() -> finish(request, MAX_FINISH_CALLS, recorded));
        });
        return recorded;
    }

    private void finish(FinishApplicationMasterRequestProto request, int calls, CompletableFuture<Void> recorded) {
        finishing = leader.call(FINISH, request).handle((response, failure) -> {
            if (failure instanceof ApplicationMasterNotRegisteredException && calls > 0) {
                finishing = register().handle((done, refusal) -> {
                    if (refusal == null) {
                        finish(request, calls - 1, recorded);
                    } else {
                        recorded.completeExceptionally(LeaderSearch.cause(refusal));
                    }
                    return null;
                });
            } else if (failure != null) {
                recorded.completeExceptionally(failure);
            } else if (response.getIsUnregistered()) {
                recorded.complete(null);
            } else if (calls == 0) {
                recorded.completeExceptionally(new YarnException(
                        "the resource manager has not recorded the outcome after " + MAX_FINISH_CALLS + " questions"));
            } else {
                finishing = loop.schedule(
                        () -> finish(request, calls - 1, recorded), FINISH_INTERVAL_MS, TimeUnit.MILLISECONDS);
            }
            return null;
        });
    }

    @Override
    public void close() {
        leader.close();
    }
}
