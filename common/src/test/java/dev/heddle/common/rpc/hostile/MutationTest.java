package dev.heddle.common.rpc.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.rpc.compat.RawConnection;
import dev.heddle.common.rpc.server.MemoryConnection;
import dev.heddle.common.rpc.server.MemoryServer;
import dev.heddle.common.rpc.transport.RpcSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.junit.jupiter.api.Test;

/** A conversation changed at random is answered as the {@link Reference} says, and leaves nothing behind. */
class MutationTest {
    private static final int MAX_FRAME_BYTES = 4_096;
    private static final long CASES = 1_000_000;
    private static final int PROBE_EVERY = 1_000;

    private final Repeater repeater = new Repeater(Pieces.USER);
    private final MemoryServer server = MemoryServer.open(configuration(), repeater.protocol());
    private final MemoryConnection bystander = server.connect();
    private final List<byte[]> conversation = Pieces.simple(3);
    private int probes;

    private static Configuration configuration() {
        Configuration configuration = new YarnConfiguration();
        configuration.setInt(RpcSettings.MAX_REQUEST.key(), MAX_FRAME_BYTES);
        return configuration;
    }

    @Test
    void shouldAnswerWhateverIsSentAsItMust() {
        bystander.write(Pieces.joined(Pieces.simple(0)));
        Fuzz.run("mutated conversations", CASES, 1, this::oneCase);
    }

    @Test
    void shouldReadAUsersNameThatTakesRulesAlsoWhereNobodyAskedForThemBefore() throws IOException {
        UserGroupInformation.reset();
        MemoryServer fresh = MemoryServer.open(configuration(), repeater.protocol());
        MemoryConnection connection = fresh.connect();
        connection.write(Pieces.preamble(RawConnection.NO_AUTHENTICATION));
        connection.write(Pieces.context("user@SOMEWHERE"));
        connection.write(Pieces.echo(1, "hello"));
        assertThat(Answer.all(connection.received())).hasSize(1);
        assertThat(Answer.all(connection.received()).get(0).text()).isEqualTo("hello");
        connection.close();
        assertThat(fresh.leftovers(0)).isEmpty();
    }

    private void oneCase(SplittableRandom random) throws IOException {
        List<byte[]> pieces = new ArrayList<>(conversation);
        Mutations.mutate(pieces, MAX_FRAME_BYTES, random);
        byte[] sent = Pieces.joined(pieces);
        MemoryConnection connection = server.connect();
        int from = 0;
        while (from < sent.length) {
            int to = random.nextInt(3) == 0 ? from + 1 + random.nextInt(sent.length - from) : sent.length;
            connection.write(sent, from, to);
            from = to;
        }
        Reference.check(sent, connection.received(), connection.ended(), MAX_FRAME_BYTES);
        connection.close();
        String leftovers = server.leftovers(1);
        if (!leftovers.isEmpty()) {
            throw new AssertionError(leftovers);
        }
        if (++probes % PROBE_EVERY == 0) {
            probe();
        }
    }

    private void probe() throws IOException {
        int before = bystander.received().length;
        bystander.write(Pieces.echo(probes, "still there"));
        byte[] received = bystander.received();
        List<Answer> answers = Answer.all(Arrays.copyOfRange(received, before, received.length));
        assertThat(answers).hasSize(1);
        assertThat(answers.get(0).header().getCallId()).isEqualTo(probes);
        assertThat(answers.get(0).text()).isEqualTo("still there");
    }
}
