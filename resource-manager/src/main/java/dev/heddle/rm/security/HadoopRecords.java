package dev.heddle.rm.security;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.NodeId;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;

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

    public static org.apache.hadoop.yarn.api.records.Resource of(Resource resource) {
        return org.apache.hadoop.yarn.api.records.Resource.newInstance(resource.memoryMb(), resource.vcores());
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
