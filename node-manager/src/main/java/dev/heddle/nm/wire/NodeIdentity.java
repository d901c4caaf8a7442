package dev.heddle.nm.wire;

import dev.heddle.nm.services.AuxiliaryServices;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * Who this node is and what it offers.
 *
 * @param httpPort 0 where no page is served
 * @param machine where its containers can be reached
 */
public record NodeIdentity(NodeId nodeId, int httpPort, AuxiliaryServices services, @Nullable MachineAddress machine) {}
