package dev.heddle.nm.container;

import java.util.List;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;

/**
 * What a resource manager answers to a report. Immutable.
 *
 * @param kill containers that must end
 * @param acknowledged ended containers that need not be reported any more
 * @param finished applications whose containers must end and whose files may go
 * @param updates what containers are granted from now on
 * @param signals what containers are to be told
 */
public record NodeInstructions(
        List<ContainerId> kill,
        List<ContainerId> acknowledged,
        List<ApplicationId> finished,
        List<ContainerTokenIdentifier> updates,
        List<SignalOrder> signals) {}
