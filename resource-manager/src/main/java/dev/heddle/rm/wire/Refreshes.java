package dev.heddle.rm.wire;

import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.apache.hadoop.conf.Configuration;

/**
 * What an operator can have read anew.
 *
 * @param configuration reads the files again
 * @param administrators who may administer
 * @param authorization who may act for whom and who may use which protocol, at every port
 * @param heartbeats how long nodes wait between theirs
 * @param maxPriority reads the highest priority that applications may get
 */
public record Refreshes(
        Supplier<Configuration> configuration,
        Consumer<Configuration> administrators,
        Consumer<Configuration> authorization,
        Consumer<Configuration> heartbeats,
        ToIntFunction<Configuration> maxPriority) {}
