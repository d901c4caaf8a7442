package dev.heddle.nm.wire;

import dev.heddle.nm.services.AuxiliaryServices;
import org.apache.hadoop.yarn.api.records.NodeId;

/**
 * Who this node is and what it offers.
 *
 * @param httpPort 0 where no page is served
 */
public record NodeIdentity(NodeId nodeId, int httpPort, AuxiliaryServices services) {}
