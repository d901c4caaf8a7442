package dev.heddle.rm.wire;

import dev.heddle.common.rpc.RpcProtocol;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.BatchSaveFederationQueuePoliciesRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.DeleteFederationApplicationRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.DeleteFederationQueuePoliciesRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.DeregisterSubClusterRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.GetSubClustersRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.QueryFederationQueuePoliciesRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.SaveFederationQueuePolicyRequestProto;

/** What a federation's router answers and no resource manager does, YARN's no more than this one. */
final class FederationCalls {
    private FederationCalls() {}

    static void addTo(RpcProtocol.Builder protocol) {
        refuse(protocol, "deregisterSubCluster", DeregisterSubClusterRequestProto.getDefaultInstance());
        refuse(protocol, "saveFederationQueuePolicy", SaveFederationQueuePolicyRequestProto.getDefaultInstance());
        refuse(
                protocol,
                "batchSaveFederationQueuePolicies",
                BatchSaveFederationQueuePoliciesRequestProto.getDefaultInstance());
        refuse(protocol, "listFederationQueuePolicies", QueryFederationQueuePoliciesRequestProto.getDefaultInstance());
        refuse(protocol, "deleteFederationApplication", DeleteFederationApplicationRequestProto.getDefaultInstance());
        refuse(protocol, "getFederationSubClusters", GetSubClustersRequestProto.getDefaultInstance());
        refuse(
                protocol,
                "deleteFederationPoliciesByQueues",
                DeleteFederationQueuePoliciesRequestProto.getDefaultInstance());
    }

    /** Before anything is asked of who calls, as in YARN. */
    private static <Q extends Message> void refuse(RpcProtocol.Builder protocol, String name, Q prototype) {
        protocol.on(name, prototype, (caller, request) -> {
            throw new YarnException("It is not allowed to call the RM's " + name + ". Please call Router's " + name
                    + ": there is one resource manager for the whole cluster here.");
        });
    }
}
