package dev.heddle.nm.logs;

import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.LogAggregationStatus;

/** How far this node is with an application's logs, as it is told to the resource manager. Immutable. */
public record LogReport(ApplicationId application, LogAggregationStatus status, String diagnostics) {
    boolean isFinal() {
        return status == LogAggregationStatus.SUCCEEDED || status == LogAggregationStatus.FAILED;
    }
}
