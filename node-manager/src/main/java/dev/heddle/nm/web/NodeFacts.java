package dev.heddle.nm.web;

import dev.heddle.common.resources.Resource;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.yarn.api.records.NodeId;

/**
 * What does not change about this node.
 *
 * @param virtualMemoryRatio how much virtual memory containers may use for each byte of memory
 * @param startedAtMs when this life of it began
 * @param localRoots directories for files
 * @param logRoots directories for logs
 * @param logServer where logs are that are not here any more, or empty
 */
public record NodeFacts(
        NodeId id,
        Resource capability,
        double virtualMemoryRatio,
        long startedAtMs,
        List<Path> localRoots,
        List<Path> logRoots,
        String logServer) {}
