package dev.heddle.rm.wire;

import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.LogReport;
import dev.heddle.rm.model.LogState;
import dev.heddle.rm.snapshot.ApplicationSnapshot;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.yarn.proto.YarnProtos.LogAggregationStatusProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.LogAggregationReportProto;

/**
 * What is told of the logs that nodes bring together.
 *
 * @param enabled whether nodes do
 * @param timeoutMs how long after its end an application waits for nodes that have not finished
 */
public record LogRules(boolean enabled, long timeoutMs) {
    private static final int LONGEST_DIAGNOSTICS = 1_000;

    static List<LogReport> decode(List<LogAggregationReportProto> protos) {
        List<LogReport> reports = new ArrayList<>(protos.size());
        for (LogAggregationReportProto proto : protos) {
            ApplicationId application = WireValues.applicationId(proto.getApplicationId());
            String diagnostics = proto.hasDiagnostics() ? proto.getDiagnostics() : "";
            reports.add(new LogReport(
                    application,
                    state(proto.getLogAggregationStatus()),
                    diagnostics.substring(0, Math.min(diagnostics.length(), LONGEST_DIAGNOSTICS))));
        }
        return reports;
    }

    private static LogState state(LogAggregationStatusProto status) {
        return switch (status) {
            case LOG_DISABLED, LOG_NOT_START -> LogState.NOT_STARTED;
            case LOG_RUNNING -> LogState.RUNNING;
            case LOG_RUNNING_WITH_FAILURE -> LogState.RUNNING_WITH_FAILURE;
            case LOG_SUCCEEDED -> LogState.SUCCEEDED;
            case LOG_FAILED, LOG_TIME_OUT -> LogState.FAILED;
        };
    }

    /** What the application's report says. */
    LogAggregationStatusProto status(ApplicationSnapshot application, long nowMs) {
        if (!enabled) {
            return LogAggregationStatusProto.LOG_DISABLED;
        }
        long endedAtMs = application.times().endedAtMs();
        boolean over = endedAtMs != 0;
        return switch (application.logs().state(over, nowMs > endedAtMs + timeoutMs)) {
            case NOT_STARTED -> LogAggregationStatusProto.LOG_NOT_START;
            case RUNNING -> LogAggregationStatusProto.LOG_RUNNING;
            case RUNNING_WITH_FAILURE -> LogAggregationStatusProto.LOG_RUNNING_WITH_FAILURE;
            case SUCCEEDED -> LogAggregationStatusProto.LOG_SUCCEEDED;
            case FAILED -> LogAggregationStatusProto.LOG_FAILED;
            case TIMED_OUT -> LogAggregationStatusProto.LOG_TIME_OUT;
        };
    }
}
