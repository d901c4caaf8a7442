package dev.heddle.nm.wire;

import dev.heddle.nm.container.NodeInstructions;
import dev.heddle.nm.container.SignalOrder;
import dev.heddle.nm.security.ContainerTokenSecrets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what a resource manager wants done. */
final class Instructions {
    private static final Logger log = LoggerFactory.getLogger(Instructions.class);

    private Instructions() {}

    static NodeInstructions read(NodeHeartbeatResponse response) {
        return new NodeInstructions(
                List.copyOf(response.getContainersToCleanup()),
                List.copyOf(response.getContainersToBeRemovedFromNM()),
                List.copyOf(response.getApplicationsToCleanup()),
                updates(response.getContainersToUpdate()),
                response.getContainersToSignalList().stream()
                        .map(signal -> new SignalOrder(signal.getContainerId(), signal.getCommand()))
                        .toList());
    }

    private static List<ContainerTokenIdentifier> updates(List<Container> containers) {
        List<ContainerTokenIdentifier> tokens = new ArrayList<>();
        for (Container container : containers) {
            try {
                tokens.add(ContainerTokenSecrets.read(container.getContainerToken()));
            } catch (IOException e) {
                log.warn("the resource manager changes {} with a token that cannot be read", container.getId(), e);
            }
        }
        return tokens;
    }
}
