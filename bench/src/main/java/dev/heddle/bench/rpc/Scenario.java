package dev.heddle.bench.rpc;

/**
 * What both servers are measured at.
 *
 * @param connections of the load generator to a server
 */
record Scenario(Workload.Name workload, Servers.Answer answer, int connections) {}
