package dev.heddle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.testbed.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged command, run as users run it, in processes of its own. */
final class Commands {
    static final Path DISTRIBUTION = Path.of("target", "heddle").toAbsolutePath();
    static final Path EXAMPLES_JAR = DISTRIBUTION.resolve("examples").resolve("heddle-examples.jar");
    static final Path TEXT = DISTRIBUTION.resolve("examples").resolve("shakespeare.txt");
    /** Generous: machines that build are busy. */
    static final Duration LIMIT = Duration.ofMinutes(3);

    private Commands() {}

    /**
     * Starts {@code heddle} with the arguments; what it prints goes to files that begin with the name. It gets SIGINT as
     * from a terminal, also where this build runs in the background of a shell, which then ignores that signal.
     */
    static ChildProcess start(Path directory, String name, Map<String, String> environment, String... arguments) {
        Path conf = DISTRIBUTION.resolve("conf");
        List<String> command = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + conf.resolve("command.options")));
        if (Runtime.version().feature() >= 24) {
            command.add("@" + conf.resolve("java24.options"));
        }
        Collections.addAll(
                command, "-cp", DISTRIBUTION.resolve("lib").resolve("*").toString(), "dev.heddle.deploy.Heddle");
        Collections.addAll(command, arguments);
        return ChildProcess.start(directory, name, environment, command);
    }

    /** The environment that names a configuration. */
    static Map<String, String> configuredBy(Path directory) {
        return Map.of("HADOOP_CONF_DIR", directory.toString(), "YARN_CONF_DIR", "");
    }

    /** Checks that the command fails with one line and no stack trace. Returns that line. */
    static String failure(ChildProcess process, int status) {
        assertThat(process.awaitExit(LIMIT))
                .as(process.stdout() + process.stderr())
                .isEqualTo(status);
        List<String> errors = process.stderr()
                .lines()
                .filter(line -> line.startsWith("heddle"))
                .toList();
        assertThat(errors).as(process.stderr()).hasSize(1);
        assertThat(process.stdout() + process.stderr()).doesNotContain("\tat ").doesNotContain("Exception in thread");
        return errors.get(0);
    }

    /** Sends a signal by its name. */
    static void signal(ChildProcess process, String signal) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
        assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(kill.exitValue()).isZero();
    }

    /** The processes that have a directory in their environment or command line: what a demo has started in it. */
    static List<String> processesOf(Path directory) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .filter(process -> mentions(process, "environ", directory) || mentions(process, "cmdline", directory))
                .map(process ->
                        process.pid() + " " + process.info().commandLine().orElse("?"))
                .toList();
    }

    private static boolean mentions(ProcessHandle process, String file, Path directory) {
        try {
            byte[] bytes = Files.readAllBytes(Path.of("/proc", Long.toString(process.pid()), file));
            return new String(bytes, StandardCharsets.UTF_8).contains(directory.toString());
        } catch (IOException e) {
            // It has ended meanwhile, or is somebody else's.
            return false;
        }
    }

    /** Writes a {@code yarn-site.xml} with these values into a directory, which is made. */
    static Path configuration(Path directory, Map<String, String> values) {
        StringBuilder xml = new StringBuilder("<configuration>\n");
        values.forEach((key, value) -> xml.append("<property><name>")
                .append(key)
                .append("</name><value>")
                .append(value)
                .append("</value></property>\n"));
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("yarn-site.xml"), xml.append("</configuration>\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return directory;
    }
}
