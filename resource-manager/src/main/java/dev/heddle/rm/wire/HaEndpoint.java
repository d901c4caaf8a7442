package dev.heddle.rm.wire;

import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.rm.lead.Leadership;
import dev.heddle.rm.lead.ManualFailover;
import dev.heddle.rm.security.Administrators;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.hadoop.fs.CommonConfigurationKeys;
import org.apache.hadoop.ha.ServiceFailedException;
import org.apache.hadoop.ha.proto.HAServiceProtocolProtos.GetServiceStatusRequestProto;
import org.apache.hadoop.ha.proto.HAServiceProtocolProtos.GetServiceStatusResponseProto;
import org.apache.hadoop.ha.proto.HAServiceProtocolProtos.HARequestSource;
import org.apache.hadoop.ha.proto.HAServiceProtocolProtos.HAServiceProtocolService;
import org.apache.hadoop.ha.proto.HAServiceProtocolProtos.HAServiceStateProto;
import org.apache.hadoop.ha.proto.HAServiceProtocolProtos.MonitorHealthRequestProto;
import org.apache.hadoop.ha.proto.HAServiceProtocolProtos.MonitorHealthResponseProto;
import org.apache.hadoop.ha.proto.HAServiceProtocolProtos.TransitionToActiveRequestProto;
import org.apache.hadoop.ha.proto.HAServiceProtocolProtos.TransitionToActiveResponseProto;
import org.apache.hadoop.ha.proto.HAServiceProtocolProtos.TransitionToObserverRequestProto;
import org.apache.hadoop.ha.proto.HAServiceProtocolProtos.TransitionToObserverResponseProto;
import org.apache.hadoop.ha.proto.HAServiceProtocolProtos.TransitionToStandbyRequestProto;
import org.apache.hadoop.ha.proto.HAServiceProtocolProtos.TransitionToStandbyResponseProto;
import org.apache.hadoop.ha.protocolPB.HAServiceProtocolPB;
import org.apache.hadoop.security.AccessControlException;
import org.jspecify.annotations.Nullable;

/** {@code HAServiceProtocol}: which of several RMs leads, and who shall. Offered where there are several. */
public final class HaEndpoint {
    private final Leadership leadership;
    private final AdminCalls calls;
    private final @Nullable ManualFailover failover;

    /**
     * The endpoint.
     *
     * @param failover by hand, or null where the leader is elected
     * @param slow runs what may wait for groups, and the beginning and end of terms
     */
    public HaEndpoint(
            Leadership leadership, Administrators administrators, @Nullable ManualFailover failover, Executor slow) {
        this.leadership = leadership;
        this.calls = new AdminCalls(administrators, slow);
        this.failover = failover;
    }

    public RpcProtocol protocol() {
        return RpcProtocol.builder(HAServiceProtocolPB.class, HAServiceProtocolService.getDescriptor())
                .authorizedBy(CommonConfigurationKeys.SECURITY_HA_SERVICE_PROTOCOL_ACL)
                .on(
                        "monitorHealth",
                        MonitorHealthRequestProto.getDefaultInstance(),
                        calls.bare("monitorHealth", this::health))
                .on(
                        "getServiceStatus",
                        GetServiceStatusRequestProto.getDefaultInstance(),
                        calls.bare("getServiceState", this::status))
                .on(
                        "transitionToActive",
                        TransitionToActiveRequestProto.getDefaultInstance(),
                        calls.bare("transitionToActive", this::lead))
                .on(
                        "transitionToStandby",
                        TransitionToStandbyRequestProto.getDefaultInstance(),
                        calls.bare("transitionToStandby", this::standBy))
                .on(
                        "transitionToObserver",
                        TransitionToObserverRequestProto.getDefaultInstance(),
                        calls.bare("transitionToObserver", this::observe))
                .build();
    }

    /** A core that fails ends its process: whoever answers is well. */
    private CompletionStage<MonitorHealthResponseProto> health(Caller caller, MonitorHealthRequestProto request) {
        return CompletableFuture.completedFuture(MonitorHealthResponseProto.getDefaultInstance());
    }

    private CompletionStage<GetServiceStatusResponseProto> status(Caller caller, GetServiceStatusRequestProto request) {
        return CompletableFuture.completedFuture(GetServiceStatusResponseProto.newBuilder()
                .setState(leadership.current() == null ? HAServiceStateProto.STANDBY : HAServiceStateProto.ACTIVE)
                .setReadyToBecomeActive(true)
                .build());
    }

    private CompletionStage<TransitionToActiveResponseProto> lead(Caller caller, TransitionToActiveRequestProto request)
            throws AccessControlException, ServiceFailedException {
        // As in YARN, who leads already is told so, whoever decides.
        if (leadership.current() == null) {
            byHand(caller, request.getReqInfo().getReqSource()).lead();
        }
        return CompletableFuture.completedFuture(TransitionToActiveResponseProto.getDefaultInstance());
    }

    private CompletionStage<TransitionToStandbyResponseProto> standBy(
            Caller caller, TransitionToStandbyRequestProto request)
            throws AccessControlException, ServiceFailedException {
        byHand(caller, request.getReqInfo().getReqSource()).standBy();
        return CompletableFuture.completedFuture(TransitionToStandbyResponseProto.getDefaultInstance());
    }

    private CompletionStage<TransitionToObserverResponseProto> observe(
            Caller caller, TransitionToObserverRequestProto request) throws ServiceFailedException {
        throw new ServiceFailedException("Does not support transition to Observer");
    }

    private ManualFailover byHand(Caller caller, HARequestSource source)
            throws AccessControlException, ServiceFailedException {
        if (failover != null) {
            if (source == HARequestSource.REQUEST_BY_ZKFC) {
                throw new AccessControlException("Request from ZK failover controller at " + caller.address()
                        + " denied since automatic failover is not enabled");
            }
            return failover;
        }
        if (source == HARequestSource.REQUEST_BY_USER) {
            throw new AccessControlException("Manual failover for this ResourceManager is disallowed, because automatic"
                    + " failover is enabled.");
        }
        // A leader by force would be a second one: the election's epoch is what keeps them apart.
        throw new ServiceFailedException(
                "The leader is elected on ZooKeeper, and nobody can be made one by force: stop the process that leads,"
                        + " and another takes over");
    }
}
