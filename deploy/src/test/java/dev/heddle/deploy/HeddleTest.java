package dev.heddle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class HeddleTest {
    private record Result(int status, String out, String err) {}

    private static Result run(CommandLine commandLine, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        commandLine.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return new Result(commandLine.execute(arguments), out.toString(), err.toString());
    }

    private static Result run(String... arguments) {
        return run(Heddle.commandLine(), arguments);
    }

    @Command(name = "broken")
    private static final class Broken extends HeddleCommand {
        @Override
        public Integer call() {
            throw new IllegalStateException("first line\nsecond line");
        }
    }

    @Command(name = "lacking")
    private static final class Lacking extends HeddleCommand {
        @Override
        public Integer call() {
            throw new NoClassDefFoundError("some/Class");
        }
    }

    @Test
    void shouldExplainErrorsOfTheJvmToo() {
        Result result = run(Heddle.commandLine().addSubcommand(new Lacking()), "lacking");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.err()).contains("java.lang.NoClassDefFoundError: some/Class");
    }

    @Test
    void shouldExplainWrongCommandLinesInOneLine() {
        for (List<String> wrong : List.of(
                List.<String>of(),
                List.of("--colour"),
                List.of("weave"),
                List.of("zookeeper", "--colour"),
                List.of("zookeeper", "surplus"))) {
            Result result = run(wrong.toArray(String[]::new));
            assertThat(result.status()).isEqualTo(2);
            assertThat(result.out()).isEmpty();
            assertThat(result.err().lines()).hasSize(1);
            assertThat(result.err()).startsWith("heddle: ").contains("--help'");
        }
    }

    @Test
    void shouldNameWhatItDoesNotKnow() {
        assertThat(run("weave").err()).startsWith("heddle: unknown command 'weave'");
        assertThat(run("zookeeper", "--colour").err()).contains("'--colour'").contains("'heddle zookeeper --help'");
    }

    @Test
    void shouldHelp() {
        Result result = run("--help");
        assertThat(result.status()).isZero();
        assertThat(result.out()).contains("zookeeper").contains("version");
        assertThat(run("zookeeper", "--help").out()).contains("--exit-with-parent");
    }

    @Test
    void shouldShowTheStackTraceOnlyWhenAsked() {
        Result quiet = run(Heddle.commandLine().addSubcommand(new Broken()), "broken");
        assertThat(quiet.status()).isEqualTo(1);
        assertThat(quiet.err().lines()).hasSize(1);
        assertThat(quiet.err()).contains("IllegalStateException: first line").contains("--verbose");

        Result verbose = run(Heddle.commandLine().addSubcommand(new Broken()), "broken", "--verbose");
        assertThat(verbose.status()).isEqualTo(1);
        assertThat(verbose.err()).contains("\tat " + Broken.class.getName());
    }
}
