package dev.heddle.common.rpc.metrics;

import java.util.Map;

/** A server's figures by name, as {@link ServerStatistics#figures} gives them. */
public interface RpcServerMXBean {
    Map<String, Double> getFigures();
}
