package dev.heddle.nm.container;

import java.util.List;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;

/**
 * What a resource manager answers to a report. Immutable.
 *
 * @param kill containers that must end
 * @param acknowledged ended containers that need not be reported any more
 * @param finished applications whose containers must end and whose files may go
 */
public record NodeInstructions(List<ContainerId> kill, List<ContainerId> acknowledged, List<ApplicationId> finished) {}
