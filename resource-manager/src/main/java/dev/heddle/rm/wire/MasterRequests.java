package dev.heddle.rm.wire;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKinds;
import dev.heddle.rm.command.Wishes;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.UpdateWish;
import dev.heddle.rm.model.constraint.SchedulingAsk;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.yarn.exceptions.InvalidResourceRequestException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.YarnProtos.ExecutionTypeProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceBlacklistRequestProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceRequestProto;
import org.apache.hadoop.yarn.proto.YarnProtos.SchedulingRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.AllocateRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.UpdateContainerRequestProto;

/** What masters send, as the core's values. */
final class MasterRequests {
    private MasterRequests() {}

    /**
     * What a master wants.
     *
     * @param kinds that are declared
     * @param tries of each scheduling request, as {@link SchedulingAsk#tries}
     * @throws YarnException as {@link #ask} and {@link SchedulingRequestWire#ask} do
     */
    static Wishes wishes(AttemptId attempt, AllocateRequestProto request, int tries, ResourceKinds kinds)
            throws YarnException {
        List<Ask> asks = new ArrayList<>(request.getAskCount());
        for (ResourceRequestProto ask : request.getAskList()) {
            asks.add(ask(ask, kinds));
        }
        List<SchedulingAsk> schedulingAsks = new ArrayList<>(request.getSchedulingRequestsCount());
        for (SchedulingRequestProto ask : request.getSchedulingRequestsList()) {
            schedulingAsks.add(SchedulingRequestWire.ask(attempt, ask, tries, kinds));
        }
        return new Wishes(
                asks,
                schedulingAsks,
                request.getReleaseList().stream().map(WireValues::containerId).toList(),
                blacklistChange(request.getBlacklistRequest()),
                request.getUpdateRequestsList().stream()
                        .map(wish -> updateWish(wish, kinds))
                        .toList());
    }

    /**
     * A row of asks.
     *
     * @throws InvalidResourceRequestException if an amount is negative
     */
    static Ask ask(ResourceRequestProto proto, ResourceKinds kinds) throws InvalidResourceRequestException {
        return new Ask(
                new AskKey(proto.getPriority().getPriority(), proto.getAllocationRequestId()),
                proto.getResourceName(),
                WireValues.resource(proto.getCapability(), kinds),
                proto.getNumContainers(),
                proto.getRelaxLocality(),
                proto.getNodeLabelExpression().trim());
    }

    private static Wishes.BlacklistChange blacklistChange(ResourceBlacklistRequestProto proto) {
        return new Wishes.BlacklistChange(proto.getBlacklistAdditionsList(), proto.getBlacklistRemovalsList());
    }

    /** Between kinds of execution the target counts, as in YARN, whatever the request calls itself. */
    private static UpdateWish updateWish(UpdateContainerRequestProto proto, ResourceKinds kinds) {
        UpdateWish.Kind kind =
                switch (proto.getUpdateType()) {
                    case INCREASE_RESOURCE -> UpdateWish.Kind.INCREASE;
                    case DECREASE_RESOURCE -> UpdateWish.Kind.DECREASE;
                    case PROMOTE_EXECUTION_TYPE, DEMOTE_EXECUTION_TYPE ->
                        proto.getExecutionType() == ExecutionTypeProto.GUARANTEED
                                ? UpdateWish.Kind.PROMOTE
                                : UpdateWish.Kind.DEMOTE;
                };
        return new UpdateWish(
                WireValues.containerId(proto.getContainerId()),
                proto.getContainerVersion(),
                kind,
                anyResource(proto, kinds));
    }

    /** What is negative cannot be had any more than what is beyond any machine, so it is taken for that. */
    private static Resource anyResource(UpdateContainerRequestProto proto, ResourceKinds kinds) {
        try {
            return WireValues.resource(proto.getCapability(), kinds);
        } catch (InvalidResourceRequestException e) {
            return new Resource(WireValues.ABSURD_MEMORY_MB, Integer.MAX_VALUE);
        }
    }
}
