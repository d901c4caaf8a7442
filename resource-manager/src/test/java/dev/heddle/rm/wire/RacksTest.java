package dev.heddle.rm.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.rm.model.Ask;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.ipc.RetriableException;
import org.apache.hadoop.net.DNSToSwitchMapping;
import org.apache.hadoop.net.TableMapping;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RacksTest {
    private static final Executor DIRECT = Runnable::run;

    /** Knows no host. */
    public static final class Broken implements DNSToSwitchMapping {
        @Override
        public List<String> resolve(List<String> names) {
            throw new IllegalStateException("no table today");
        }

        @Override
        public void reloadCachedMappings() {}

        @Override
        public void reloadCachedMappings(List<String> names) {}
    }

    @Test
    void shouldFollowTheConfiguredTable(@TempDir Path directory) throws Exception {
        Path table = Files.writeString(directory.resolve("table"), "127.0.0.7 /row1/rack7\n");
        Configuration configuration = new Configuration(false);
        configuration.setClass(
                CommonConfigurationKeysPublic.NET_TOPOLOGY_NODE_SWITCH_MAPPING_IMPL_KEY,
                TableMapping.class,
                DNSToSwitchMapping.class);
        configuration.set(CommonConfigurationKeysPublic.NET_TOPOLOGY_TABLE_MAPPING_FILE_KEY, table.toString());
        Racks racks = new Racks(configuration, DIRECT);
        assertThat(racks.of("127.0.0.7").get()).isEqualTo("/row1/rack7");
        assertThat(racks.of("127.0.0.8").get()).isEqualTo(Ask.DEFAULT_RACK);
    }

    @Test
    void shouldPutEveryHostInTheDefaultRackWhereNothingIsConfigured() throws Exception {
        assertThat(new Racks(new Configuration(false), DIRECT).of("127.0.0.7").get())
                .isEqualTo(Ask.DEFAULT_RACK);
    }

    @Test
    void shouldTakeANodeInThoughItsRackCannotBeResolved() throws Exception {
        Configuration configuration = new Configuration(false);
        configuration.setClass(
                CommonConfigurationKeysPublic.NET_TOPOLOGY_NODE_SWITCH_MAPPING_IMPL_KEY,
                Broken.class,
                DNSToSwitchMapping.class);
        assertThat(new Racks(configuration, DIRECT).of("127.0.0.7").get()).isEqualTo(Ask.DEFAULT_RACK);
    }

    @Test
    void shouldAskTheNodeToComeAgainWhenTooManyWait() {
        Racks racks = new Racks(new Configuration(false), task -> {
            throw new RejectedExecutionException("full");
        });
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> racks.of("127.0.0.7").get())
                .withCauseInstanceOf(RetriableException.class);
    }
}
