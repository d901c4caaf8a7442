package dev.heddle.rm.security;

import dev.heddle.common.resources.FurtherKinds;
import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKind;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.NodeId;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceInformationProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceTypesProto;

/** The core's values as Hadoop's records, of which token identifiers are made. */
public final class HadoopRecords {
    private HadoopRecords() {}

    public static org.apache.hadoop.yarn.api.records.ApplicationId of(ApplicationId id) {
        return org.apache.hadoop.yarn.api.records.ApplicationId.newInstance(id.clusterTimestamp(), id.sequence());
    }

    public static ApplicationAttemptId of(AttemptId id) {
        return ApplicationAttemptId.newInstance(of(id.application()), id.number());
    }

    public static org.apache.hadoop.yarn.api.records.ContainerId of(ContainerId id) {
        return org.apache.hadoop.yarn.api.records.ContainerId.newContainerId(of(id.attempt()), id.number());
    }

    public static org.apache.hadoop.yarn.api.records.NodeId of(NodeId id) {
        return org.apache.hadoop.yarn.api.records.NodeId.newInstance(id.host(), id.port());
    }

    /** As its message: Hadoop's record of it knows no kinds but those that are declared for the whole process. */
    public static ResourceProto proto(Resource resource) {
        ResourceProto.Builder proto = ResourceProto.newBuilder()
                .setMemory(resource.memoryMb())
                .setVirtualCores(resource.vcores())
                .addResourceValueMap(countable(ResourceKind.MEMORY, resource.memoryMb()))
                .addResourceValueMap(countable(ResourceKind.VCORES, resource.vcores()));
        FurtherKinds further = resource.further();
        for (int i = 0; i < further.size(); i++) {
            proto.addResourceValueMap(countable(further.kind(i), further.amount(i)));
        }
        return proto.build();
    }

    private static ResourceInformationProto countable(ResourceKind kind, long amount) {
        return ResourceInformationProto.newBuilder()
                .setKey(kind.name())
                .setValue(amount)
                .setUnits(kind.unit())
                .setType(ResourceTypesProto.COUNTABLE)
                .build();
    }

    /** The attempt that a token names. */
    public static AttemptId attempt(ApplicationAttemptId id) {
        return new AttemptId(
                new ApplicationId(
                        id.getApplicationId().getClusterTimestamp(),
                        id.getApplicationId().getId()),
                id.getAttemptId());
    }
}
