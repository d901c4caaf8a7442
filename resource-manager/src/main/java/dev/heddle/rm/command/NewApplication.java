package dev.heddle.rm.command;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ApplicationId;

/**
 * An id for an application.
 *
 * @param maximumCapability the largest container that may be asked for
 */
public record NewApplication(ApplicationId application, Resource maximumCapability) {}
