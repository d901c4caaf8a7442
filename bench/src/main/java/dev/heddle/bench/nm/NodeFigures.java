package dev.heddle.bench.nm;

/**
 * One measurement.
 *
 * @param p50Ms from the call to the process, one container at a time
 * @param p99Ms the same
 * @param startsPerSecond where many are wanted at once
 * @param heapBytes of the node manager for each container that runs, after a garbage collection
 * @param residentBytes of its process for each container that runs
 * @param threads of its process for each container that runs
 */
record NodeFigures(
        Kind kind,
        double p50Ms,
        double p99Ms,
        double startsPerSecond,
        double heapBytes,
        double residentBytes,
        double threads) {}
