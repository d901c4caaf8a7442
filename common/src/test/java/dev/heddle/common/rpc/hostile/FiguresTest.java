package dev.heddle.common.rpc.hostile;

import static dev.heddle.common.rpc.compat.RawAnswers.say;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.common.rpc.compat.CompatServer;
import dev.heddle.common.rpc.compat.RawConnection;
import dev.heddle.common.rpc.metrics.MethodStatistics;
import dev.heddle.common.rpc.metrics.ServerStatistics;
import dev.heddle.common.rpc.server.MemoryConnection;
import dev.heddle.common.rpc.server.MemoryServer;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import javax.management.InstanceNotFoundException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a server tells of itself is what was sent and received. */
class FiguresTest {
    private final Repeater repeater = new Repeater(Pieces.USER);

    private static MethodStatistics echo(ServerStatistics statistics) {
        return statistics.methods().stream()
                .filter(method -> method.method().equals("getQueueInfo"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldCountCallsErrorsAndBytes() {
        MemoryServer server = MemoryServer.open(new YarnConfiguration(), repeater.protocol());
        MemoryConnection connection = server.connect();
        Pieces.simple(0).forEach(connection::write);
        List<byte[]> calls = List.of(Pieces.echo(1, "one"), Pieces.echo(2, "x".repeat(100_000)), unreadable());
        calls.forEach(connection::write);
        MethodStatistics.Counts counts = echo(server.statistics()).counts();
        assertThat(counts.calls()).isEqualTo(3);
        assertThat(counts.errors()).isEqualTo(1);
        assertThat(echo(server.statistics()).errors()).containsExactly(Map.entry("InvalidProtocolBufferException", 1L));
        assertThat(server.statistics().figures())
                .containsEntry("getQueueInfo.errors.InvalidProtocolBufferException", 1.0);
        assertThat(counts.bytesIn()).isEqualTo(Pieces.joined(calls).length);
        assertThat(counts.bytesOut()).isEqualTo(connection.received().length);
        assertThat(echo(server.statistics()).queued().count()).isEqualTo(3);
        assertThat(echo(server.statistics()).processed().count()).isEqualTo(3);
        assertThat(server.statistics().defects()).isZero();
        assertThat(server.statistics().connections()).isEqualTo(new ServerStatistics.Connections(1, 1, 0));
    }

    /** A call whose request breaks off. */
    private static byte[] unreadable() {
        byte[] content = Pieces.content(Pieces.echo(3, "abc"));
        // The name's own length, which comes before its three letters.
        content[content.length - 4] = 100;
        return Pieces.framed(content);
    }

    @Test
    void shouldShowTheFiguresToManagementAsLongAsItServes() throws Exception {
        MBeanServer management = ManagementFactory.getPlatformMBeanServer();
        ObjectName name;
        try (CompatServer server = CompatServer.start(new YarnConfiguration(), repeater.protocol());
                RawConnection connection = RawConnection.established(server.address())) {
            name = new ObjectName(
                    "dev.heddle:type=RpcServer,port=" + server.address().getPort());
            assertThat(figure(management, name, "getQueueInfo.calls")).isNull();
            assertThat(say(connection, 1, "hello")).isEqualTo("hello");
            assertThat(figure(management, name, "getQueueInfo.calls")).isEqualTo(1.0);
            assertThat(figure(management, name, "getQueueInfo.errors")).isEqualTo(0.0);
            assertThat(figure(management, name, "getQueueInfo.bytes_in"))
                    .isEqualTo((double) Pieces.echo(1, "hello").length);
            assertThat(figure(management, name, "getQueueInfo.processed.p99")).isPositive();
            assertThat(figure(management, name, "connections.open")).isEqualTo(1.0);
            assertThat(figure(management, name, "defects")).isEqualTo(0.0);
            assertThat(server.statistics().figures().keySet())
                    .contains("connections.accepted", "connections.refused", "calls.in_flight", "calls.busy");
        }
        assertThatExceptionOfType(InstanceNotFoundException.class)
                .isThrownBy(() -> management.getAttribute(name, "Figures"));
    }

    private static @Nullable Double figure(MBeanServer management, ObjectName name, String figure) throws Exception {
        TabularData figures = (TabularData) management.getAttribute(name, "Figures");
        CompositeData row = figures.get(new Object[] {figure});
        return row == null ? null : (Double) row.get("value");
    }
}
