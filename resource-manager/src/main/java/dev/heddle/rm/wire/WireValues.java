package dev.heddle.rm.wire;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKind;
import dev.heddle.common.resources.ResourceKinds;
import dev.heddle.common.resources.Unit;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerSignal;
import dev.heddle.rm.model.FinalStatus;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.security.HadoopRecords;
import java.util.List;
import java.util.stream.Stream;
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

    /** The same of any further kind, in its unit. */
    static final long ABSURD_AMOUNT = 1L << 46;

    private WireValues() {}

    /** The kinds of resources that the cluster counts. */
    static List<ResourceTypeInfoProto> resourceTypes(ResourceKinds kinds) {
        return Stream.concat(Stream.of(ResourceKind.MEMORY, ResourceKind.VCORES), kinds.further().stream())
                .map(WireValues::resourceType)
                .toList();
    }

    private static ResourceTypeInfoProto resourceType(ResourceKind kind) {
        return ResourceTypeInfoProto.newBuilder()
                .setName(kind.name())
                .setUnits(kind.unit())
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
     * An amount of resources, each kind in the unit in which it is declared; kinds that are not are passed over, as in YARN.
     *
     * @return less where it is beyond any machine, but still beyond any machine
     * @throws InvalidResourceRequestException if it is negative, or in a unit that does not exist
     */
    static Resource resource(ResourceProto proto, ResourceKinds kinds) throws InvalidResourceRequestException {
        if (proto.getMemory() < 0 || proto.getVirtualCores() < 0) {
            throw negative(proto.getMemory() < 0 ? ResourceKind.MEMORY : ResourceKind.VCORES, proto, 0);
        }
        Resource resource = new Resource(Math.min(proto.getMemory(), ABSURD_MEMORY_MB), proto.getVirtualCores());
        if (kinds.isEmpty()) {
            return resource;
        }
        for (ResourceInformationProto information : proto.getResourceValueMapList()) {
            ResourceKind kind = kinds.find(information.getKey());
            if (kind != null) {
                long amount = amount(information, kind);
                if (amount < 0) {
                    throw negative(kind, proto, amount);
                }
                resource = resource.and(kind, Math.min(amount, ABSURD_AMOUNT));
            }
        }
        return resource;
    }

    private static long amount(ResourceInformationProto information, ResourceKind kind)
            throws InvalidResourceRequestException {
        Unit to = Unit.of(kind.unit());
        Unit from = information.hasUnits() ? Unit.of(information.getUnits()) : to;
        if (from == null || to == null) {
            throw new InvalidResourceRequestException("Unknown unit '" + information.getUnits() + "' of " + kind.name()
                    + ". Known units are " + Unit.known());
        }
        return from.convert(information.getValue(), to);
    }

    /** In YARN's words. */
    private static InvalidResourceRequestException negative(ResourceKind kind, ResourceProto proto, long amount) {
        return new InvalidResourceRequestException(
                "Invalid resource request! Cannot allocate containers as requested resource is less than 0!"
                        + " Requested resource type=[" + kind.name() + "], Requested resource=<memory:"
                        + proto.getMemory() + ", vCores:" + proto.getVirtualCores()
                        + (amount < 0 ? ", " + kind.name() + ": " + amount + kind.unit() : "") + ">");
    }

    static ResourceProto proto(Resource resource) {
        return HadoopRecords.proto(resource);
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
