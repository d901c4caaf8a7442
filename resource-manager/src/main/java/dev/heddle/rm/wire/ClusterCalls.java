package dev.heddle.rm.wire;

import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.rm.snapshot.NodeSnapshot;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YARNFeatureNotEnabledException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeStateProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetAllResourceProfilesRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetAllResourceProfilesResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetAllResourceTypeInfoRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetAllResourceTypeInfoResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetClusterMetricsRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetClusterMetricsResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetClusterNodesRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetClusterNodesResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetNewReservationRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueUserAclsInfoRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueUserAclsInfoResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetResourceProfileRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.ReservationDeleteRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.ReservationListRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.ReservationSubmissionRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.ReservationUpdateRequestProto;

/** Calls that ask how the cluster does: nodes, queues, kinds of resources. What is switched off is refused as YARN does. */
final class ClusterCalls {
    private final ClientCalls calls;
    private final ReportSource source;

    ClusterCalls(ClientCalls calls, ReportSource source) {
        this.calls = calls;
        this.source = source;
    }

    void addTo(RpcProtocol.Builder protocol) {
        protocol.on("getClusterMetrics", GetClusterMetricsRequestProto.getDefaultInstance(), calls.on(this::metrics))
                .on("getClusterNodes", GetClusterNodesRequestProto.getDefaultInstance(), calls.slowly(this::nodes))
                .on("getQueueInfo", GetQueueInfoRequestProto.getDefaultInstance(), calls.slowly(this::queue))
                .on(
                        "getQueueUserAcls",
                        GetQueueUserAclsInfoRequestProto.getDefaultInstance(),
                        calls.on(this::queueAcls))
                .on(
                        "getResourceTypeInfo",
                        GetAllResourceTypeInfoRequestProto.getDefaultInstance(),
                        calls.on(this::resourceTypes))
                .on(
                        "getResourceProfiles",
                        GetAllResourceProfilesRequestProto.getDefaultInstance(),
                        calls.on((call, request) -> profiles()))
                .on(
                        "getResourceProfile",
                        GetResourceProfileRequestProto.getDefaultInstance(),
                        calls.on((call, request) -> profiles()))
                .on(
                        "getNewReservation",
                        GetNewReservationRequestProto.getDefaultInstance(),
                        calls.on((call, request) -> reservations()))
                .on(
                        "submitReservation",
                        ReservationSubmissionRequestProto.getDefaultInstance(),
                        calls.on((call, request) -> reservations()))
                .on(
                        "updateReservation",
                        ReservationUpdateRequestProto.getDefaultInstance(),
                        calls.on((call, request) -> reservations()))
                .on(
                        "deleteReservation",
                        ReservationDeleteRequestProto.getDefaultInstance(),
                        calls.on((call, request) -> reservations()))
                .on(
                        "listReservations",
                        ReservationListRequestProto.getDefaultInstance(),
                        calls.on((call, request) -> reservations()));
    }

    private CompletionStage<GetClusterMetricsResponseProto> metrics(
            ClientCalls.Call call, GetClusterMetricsRequestProto request) {
        return CompletableFuture.completedFuture(GetClusterMetricsResponseProto.newBuilder()
                .setClusterMetrics(
                        NodeReports.metrics(call.cluster().snapshots().nodes()))
                .build());
    }

    private CompletionStage<GetClusterNodesResponseProto> nodes(
            ClientCalls.Call call, GetClusterNodesRequestProto request) {
        Set<NodeStateProto> wanted = request.getNodeStatesCount() == 0
                ? EnumSet.allOf(NodeStateProto.class)
                : EnumSet.copyOf(request.getNodeStatesList());
        GetClusterNodesResponseProto.Builder response = GetClusterNodesResponseProto.newBuilder();
        for (NodeSnapshot node : call.cluster().snapshots().nodes()) {
            if (wanted.contains(NodeReports.state(node.state()))) {
                response.addNodeReports(NodeReports.node(node));
            }
        }
        return CompletableFuture.completedFuture(response.build());
    }

    private CompletionStage<GetQueueInfoResponseProto> queue(ClientCalls.Call call, GetQueueInfoRequestProto request) {
        Reports reports = source.of(call.cluster());
        return CompletableFuture.completedFuture(
                new QueueReports(call.cluster().snapshots(), reports, call.person()).answer(request));
    }

    private CompletionStage<GetQueueUserAclsInfoResponseProto> queueAcls(
            ClientCalls.Call call, GetQueueUserAclsInfoRequestProto request) {
        return CompletableFuture.completedFuture(QueueReports.acls(call.person()));
    }

    private CompletionStage<GetAllResourceTypeInfoResponseProto> resourceTypes(
            ClientCalls.Call call, GetAllResourceTypeInfoRequestProto request) {
        return CompletableFuture.completedFuture(GetAllResourceTypeInfoResponseProto.newBuilder()
                .addAllResourceTypeInfo(WireValues.resourceTypes(call.cluster().kinds()))
                .build());
    }

    private static CompletionStage<GetAllResourceProfilesResponseProto> profiles()
            throws YARNFeatureNotEnabledException {
        throw new YARNFeatureNotEnabledException("Resource profile is not enabled, please enable resource profile"
                + " feature before using its functions. (by setting " + YarnConfiguration.RM_RESOURCE_PROFILES_ENABLED
                + " to true)");
    }

    private static CompletionStage<GetAllResourceProfilesResponseProto> reservations() throws YarnException {
        throw new YarnException("Reservation is not enabled. Please enable & try again");
    }
}
