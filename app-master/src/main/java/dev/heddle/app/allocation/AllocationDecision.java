package dev.heddle.app.allocation;

import java.util.List;

/**
 * What is to be done.
 *
 * @param next the state from now on; its target is the number of executors to have
 * @param remove ids of executors to give back, each of which is idle
 */
public record AllocationDecision(AllocationState next, List<String> remove) {}
