package dev.heddle.rm.wire;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerSignal;
import dev.heddle.rm.model.FinalStatus;
import dev.heddle.rm.model.NodeId;
import java.util.List;
import org.apache.hadoop.security.proto.SecurityProtos.TokenProto;
import org.apache.hadoop.thirdparty.protobuf.ByteString;
import org.apache.hadoop.yarn.api.records.Token;
import org.apache.hadoop.yarn.api.records.impl.pb.TokenPBImpl;
import org.apache.hadoop.yarn.exceptions.InvalidResourceRequestException;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationAttemptIdProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationIdProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerIdProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerStateProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerStatusProto;
import org.apache.hadoop.yarn.proto.YarnProtos.FinalApplicationStatusProto;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeIdProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceInformationProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceTypeInfoProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceTypesProto;
import org.apache.hadoop.yarn.proto.YarnProtos.SignalContainerCommandProto;

/** The core's values to and from YARN's protobuf messages. */
final class WireValues {
    /** More memory than any container can have; beyond it sums could overflow. */
    static final long ABSURD_MEMORY_MB = 1L << 40;

    /** The kinds of resources that the cluster counts. */
    static final List<ResourceTypeInfoProto> RESOURCE_TYPES =
            List.of(resourceType("memory-mb", "Mi"), resourceType("vcores", ""));

    private WireValues() {}

    private static ResourceTypeInfoProto resourceType(String name, String units) {
        return ResourceTypeInfoProto.newBuilder()
                .setName(name)
                .setUnits(units)
                .setType(ResourceTypesProto.COUNTABLE)
                .build();
    }

    static ApplicationId applicationId(ApplicationIdProto proto) {
        return new ApplicationId(proto.getClusterTimestamp(), proto.getId());
    }

    static ApplicationIdProto proto(ApplicationId id) {
        return ApplicationIdProto.newBuilder()
                .setClusterTimestamp(id.clusterTimestamp())
                .setId(id.sequence())
                .build();
    }

    static AttemptId attemptId(ApplicationAttemptIdProto proto) {
        return new AttemptId(applicationId(proto.getApplicationId()), proto.getAttemptId());
    }

    static ApplicationAttemptIdProto proto(AttemptId id) {
        return ApplicationAttemptIdProto.newBuilder()
                .setApplicationId(proto(id.application()))
                .setAttemptId(id.number())
                .build();
    }

    static ContainerId containerId(ContainerIdProto proto) {
        return new ContainerId(attemptId(proto.getAppAttemptId()), proto.getId());
    }

    static ContainerIdProto proto(ContainerId id) {
        return ContainerIdProto.newBuilder()
                .setAppId(proto(id.attempt().application()))
                .setAppAttemptId(proto(id.attempt()))
                .setId(id.number())
                .build();
    }

    static NodeId nodeId(NodeIdProto proto) {
        return new NodeId(proto.getHost(), proto.getPort());
    }

    static NodeIdProto proto(NodeId id) {
        return NodeIdProto.newBuilder().setHost(id.host()).setPort(id.port()).build();
    }

    /**
     * An amount of resources.
     *
     * @return less memory where it is beyond any machine, but still beyond any machine
     * @throws InvalidResourceRequestException if it is negative
     */
    static Resource resource(ResourceProto proto) throws InvalidResourceRequestException {
        if (proto.getMemory() < 0 || proto.getVirtualCores() < 0) {
            String dimension = proto.getMemory() < 0 ? "memory-mb" : "vcores";
            throw new InvalidResourceRequestException(
                    "Invalid resource request! Cannot allocate containers as requested resource is less than 0!"
                            + " Requested resource type=[" + dimension + "], Requested resource=<memory:"
                            + proto.getMemory() + ", vCores:" + proto.getVirtualCores() + ">");
        }
        return new Resource(Math.min(proto.getMemory(), ABSURD_MEMORY_MB), proto.getVirtualCores());
    }

    static ResourceProto proto(Resource resource) {
        return ResourceProto.newBuilder()
                .setMemory(resource.memoryMb())
                .setVirtualCores(resource.vcores())
                .addResourceValueMap(countable("memory-mb", resource.memoryMb(), "Mi"))
                .addResourceValueMap(countable("vcores", resource.vcores(), ""))
                .build();
    }

    private static ResourceInformationProto countable(String key, long value, String units) {
        return ResourceInformationProto.newBuilder()
                .setKey(key)
                .setValue(value)
                .setUnits(units)
                .setType(ResourceTypesProto.COUNTABLE)
                .build();
    }

    static ContainerExit exit(ContainerStatusProto proto) {
        return new ContainerExit(containerId(proto.getContainerId()), proto.getExitStatus(), proto.getDiagnostics());
    }

    static ContainerStatusProto proto(ContainerExit exit) {
        return ContainerStatusProto.newBuilder()
                .setContainerId(proto(exit.container()))
                .setState(ContainerStateProto.C_COMPLETE)
                .setExitStatus(exit.status())
                .setDiagnostics(exit.diagnostics())
                .build();
    }

    static TokenProto proto(Token token) {
        return ((TokenPBImpl) token).getProto();
    }

    static TokenProto proto(org.apache.hadoop.security.token.Token<?> token) {
        return TokenProto.newBuilder()
                .setIdentifier(ByteString.copyFrom(token.getIdentifier()))
                .setPassword(ByteString.copyFrom(token.getPassword()))
                .setKind(token.getKind().toString())
                .setService(token.getService().toString())
                .build();
    }

    static FinalStatus finalStatus(FinalApplicationStatusProto proto) {
        return switch (proto) {
            case APP_UNDEFINED -> FinalStatus.UNDEFINED;
            case APP_SUCCEEDED, APP_ENDED -> FinalStatus.SUCCEEDED;
            case APP_FAILED -> FinalStatus.FAILED;
            case APP_KILLED -> FinalStatus.KILLED;
        };
    }

    static FinalApplicationStatusProto proto(FinalStatus status) {
        return switch (status) {
            case UNDEFINED -> FinalApplicationStatusProto.APP_UNDEFINED;
            case SUCCEEDED -> FinalApplicationStatusProto.APP_SUCCEEDED;
            case FAILED -> FinalApplicationStatusProto.APP_FAILED;
            case KILLED -> FinalApplicationStatusProto.APP_KILLED;
        };
    }

    static ContainerSignal signal(SignalContainerCommandProto proto) {
        return switch (proto) {
            case OUTPUT_THREAD_DUMP -> ContainerSignal.OUTPUT_THREAD_DUMP;
            case GRACEFUL_SHUTDOWN -> ContainerSignal.GRACEFUL_SHUTDOWN;
            case FORCEFUL_SHUTDOWN -> ContainerSignal.FORCEFUL_SHUTDOWN;
        };
    }

    static SignalContainerCommandProto proto(ContainerSignal signal) {
        return switch (signal) {
            case OUTPUT_THREAD_DUMP -> SignalContainerCommandProto.OUTPUT_THREAD_DUMP;
            case GRACEFUL_SHUTDOWN -> SignalContainerCommandProto.GRACEFUL_SHUTDOWN;
            case FORCEFUL_SHUTDOWN -> SignalContainerCommandProto.FORCEFUL_SHUTDOWN;
        };
    }
}
