package dev.heddle.rm.wire;

import dev.heddle.common.resources.ResourceKinds;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.constraint.PlacementConstraint;
import dev.heddle.rm.model.constraint.Requirement;
import dev.heddle.rm.model.constraint.SchedulingAsk;
import dev.heddle.rm.model.constraint.SentConstraint;
import java.util.HashSet;
import org.apache.hadoop.thirdparty.protobuf.InvalidProtocolBufferException;
import org.apache.hadoop.yarn.exceptions.InvalidResourceRequestException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.YarnProtos.ExecutionTypeProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ExecutionTypeRequestProto;
import org.apache.hadoop.yarn.proto.YarnProtos.PlacementConstraintProto;
import org.apache.hadoop.yarn.proto.YarnProtos.PriorityProto;
import org.apache.hadoop.yarn.proto.YarnProtos.RejectedSchedulingRequestProto;
import org.apache.hadoop.yarn.proto.YarnProtos.RejectionReasonProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceSizingProto;
import org.apache.hadoop.yarn.proto.YarnProtos.SchedulingRequestProto;

/** Scheduling requests to and from YARN's messages. */
final class SchedulingRequestWire {
    /** Tags of one request; each of its containers has them all. */
    static final int MAX_TAGS = 100;

    private SchedulingRequestWire() {}

    /**
     * A scheduling request.
     *
     * @param tries as {@link SchedulingAsk#tries}
     * @param kinds that are declared
     * @throws InvalidResourceRequestException if an amount is negative
     * @throws YarnException if it is malformed or asks for what YARN does not support, in YARN's words
     */
    static SchedulingAsk ask(AttemptId attempt, SchedulingRequestProto proto, int tries, ResourceKinds kinds)
            throws YarnException {
        AskKey key = new AskKey(proto.getPriority().getPriority(), proto.getAllocationRequestId());
        if (!proto.hasResourceSizing() || !proto.getResourceSizing().hasResources()) {
            throw invalid(attempt, key, "No ResourceSizing found in the scheduling request, please double check");
        }
        if (proto.getExecutionType().getExecutionType() != ExecutionTypeProto.GUARANTEED) {
            throw invalid(attempt, key, "Only GUARANTEED execution type is supported.");
        }
        if (proto.getAllocationTagsCount() > MAX_TAGS) {
            throw invalid(attempt, key, "A scheduling request has at most " + MAX_TAGS + " allocation tags");
        }
        ResourceSizingProto sizing = proto.getResourceSizing();
        return new SchedulingAsk(
                key,
                WireValues.resource(sizing.getResources(), kinds),
                sizing.getNumAllocations(),
                requirement(attempt, key, proto),
                tries);
    }

    private static Requirement requirement(AttemptId attempt, AskKey key, SchedulingRequestProto proto)
            throws YarnException {
        HashSet<String> tags = new HashSet<>(proto.getAllocationTagsList());
        if (!proto.hasPlacementConstraint()) {
            return new Requirement(tags, PlacementConstraint.none(), SentConstraint.NONE);
        }
        try {
            return new Requirement(
                    tags,
                    ConstraintWire.constraint(proto.getPlacementConstraint()),
                    new SentConstraint(proto.getPlacementConstraint().toByteArray()));
        } catch (YarnException e) {
            throw invalid(attempt, key, String.valueOf(e.getMessage()));
        }
    }

    private static YarnException invalid(AttemptId attempt, AskKey key, String what) {
        return new YarnException("AppId=" + attempt.application() + " Key=SchedulerRequestKey{priority="
                + key.priority() + ", allocationRequestId=" + key.allocationRequestId() + "}. Exception message:"
                + what);
    }

    /** A request that is given back, as it was sent but for the containers that it got. */
    static RejectedSchedulingRequestProto proto(Allocation.Rejected rejected) {
        SchedulingAsk ask = rejected.ask();
        SchedulingRequestProto.Builder request = SchedulingRequestProto.newBuilder()
                .setPriority(PriorityProto.newBuilder().setPriority(ask.key().priority()))
                .setAllocationRequestId(ask.key().allocationRequestId())
                .setExecutionType(
                        ExecutionTypeRequestProto.newBuilder().setExecutionType(ExecutionTypeProto.GUARANTEED))
                .addAllAllocationTags(ask.requirement().tags())
                .setResourceSizing(ResourceSizingProto.newBuilder()
                        .setNumAllocations(ask.count())
                        .setResources(WireValues.proto(ask.size())));
        byte[] constraint = ask.requirement().sent().encoded();
        if (constraint.length > 0) {
            request.setPlacementConstraint(decode(constraint));
        }
        return RejectedSchedulingRequestProto.newBuilder()
                .setReason(
                        switch (rejected.reason()) {
                            case NO_NODE -> RejectionReasonProto.RRP_COULD_NOT_PLACE_ON_NODE;
                            case NOT_ON_THAT_NODE -> RejectionReasonProto.RRP_COULD_NOT_SCHEDULE_ON_NODE;
                        })
                .setRequest(request)
                .build();
    }

    private static PlacementConstraintProto decode(byte[] encoded) {
        try {
            return PlacementConstraintProto.parseFrom(encoded);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("it was encoded by this class", e);
        }
    }
}
