package dev.heddle.rm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.common.UserException;
import dev.heddle.rm.wire.HeartbeatPace;
import dev.heddle.rm.wire.LogRules;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.junit.jupiter.api.Test;

class TrackerSettingsTest {
    private final Configuration configuration = new Configuration(false);

    @Test
    void shouldNotScaleTheIntervalUnlessThatIsSaid() {
        assertThat(TrackerSettings.pace(configuration)).isEqualTo(new HeartbeatPace(1_000, null));
        configuration.setBoolean(YarnConfiguration.RM_NM_HEARTBEAT_INTERVAL_SCALING_ENABLE, true);
        configuration.set(YarnConfiguration.RM_NM_HEARTBEAT_INTERVAL_SPEEDUP_FACTOR, "0.5");
        assertThat(TrackerSettings.pace(configuration))
                .isEqualTo(new HeartbeatPace(1_000, new HeartbeatPace.Scaling(1_000, 1_000, 0.5f, 1)));
    }

    @Test
    void shouldRefuseBoundsThatDoNotHoldTheInterval() {
        configuration.setBoolean(YarnConfiguration.RM_NM_HEARTBEAT_INTERVAL_SCALING_ENABLE, true);
        configuration.setLong(YarnConfiguration.RM_NM_HEARTBEAT_INTERVAL_MIN_MS, 2_000);
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> TrackerSettings.pace(configuration))
                .withMessageContainingAll("heartbeat-interval-ms is 1000", "heartbeat-interval-min-ms (2000");
        configuration.setLong(YarnConfiguration.RM_NM_HEARTBEAT_INTERVAL_MIN_MS, 0);
        assertThatExceptionOfType(UserException.class).isThrownBy(() -> TrackerSettings.pace(configuration));
    }

    @Test
    void shouldRefuseFactorsThatAreNone() {
        for (String wrong : new String[] {"-1", "NaN", "Infinity", "much"}) {
            configuration.set(YarnConfiguration.RM_NM_HEARTBEAT_INTERVAL_SLOWDOWN_FACTOR, wrong);
            assertThatExceptionOfType(UserException.class)
                    .isThrownBy(() -> TrackerSettings.pace(configuration))
                    .withMessageContaining("'" + wrong + "', which is no number from 0");
        }
    }

    @Test
    void shouldTakeNoTimeForTheDefaultAsYarnDoes() {
        configuration.set(YarnConfiguration.LOG_AGGREGATION_STATUS_TIME_OUT_MS, "-1");
        assertThat(TrackerSettings.logs(configuration)).isEqualTo(new LogRules(false, 600_000));
    }
}
