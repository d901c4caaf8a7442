package dev.heddle.rm.command;

import dev.heddle.common.resources.Resource;

/**
 * What a master learns when it registers.
 *
 * @param maximumCapability the largest container that it may ask for
 * @param queue that its application runs in
 */
public record MasterRegistered(Resource maximumCapability, String queue) {}
