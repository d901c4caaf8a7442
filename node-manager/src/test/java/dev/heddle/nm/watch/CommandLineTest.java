package dev.heddle.nm.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CommandLineTest {
    @Test
    void shouldHideWhatMayBeSecret() {
        assertThat(CommandLine.shown(List.of(
                        "java",
                        "-Xmx1g",
                        "-Dspark.authenticate.secret=a b",
                        "-Djavax.net.ssl.keyStorePassword=pw",
                        "--password",
                        "pw",
                        "--api-key=pw",
                        "jdbc://me:pw@host/db",
                        "Main")))
                .isEqualTo("java -Xmx1g -Dspark.authenticate.secret=*** -Djavax.net.ssl.keyStorePassword=***"
                        + " --password *** --api-key=*** jdbc://me:***@host/db Main");
        assertThat(CommandLine.shown(List.of("bash", "-c", "run --token pw\nX_SECRET=pw run; run")))
                .isEqualTo("bash -c run --token *** X_SECRET=***");
    }

    @Test
    void shouldCutWhatIsLong() {
        assertThat(CommandLine.shown(List.of("x".repeat(10_000), "y")))
                .hasSize(203)
                .endsWith("x...");
    }
}
