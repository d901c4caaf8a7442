package dev.heddle.nm.container;

import java.util.List;
import org.apache.hadoop.yarn.api.records.ApplicationId;

/**
 * What a node tells its resource manager. Immutable.
 *
 * @param containers those that run, and those that have ended and whose end has not been acknowledged
 * @param applications those whose files are still here
 * @param increased those of the containers that have grown and of which that has not been told
 */
public record NodeReport(
        List<ContainerSnapshot> containers, List<ApplicationId> applications, List<ContainerSnapshot> increased) {}
