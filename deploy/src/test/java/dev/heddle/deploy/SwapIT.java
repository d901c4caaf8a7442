package dev.heddle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.testbed.Await;
import dev.heddle.testbed.ChildProcess;
import dev.heddle.testbed.HadoopProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same command, the same jars and the same application on Hadoop's own YARN. */
class SwapIT {
    private static final int NODES = 2;
    private static final Pattern APPLICATION = Pattern.compile("application_\\d+_\\d+");

    private final Path directory;

    SwapIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void shouldCountWordsOnHadoopsOwnCluster() throws IOException {
        try (HadoopProcess hadoop = HadoopProcess.cluster(directory.resolve("hadoop"), NODES)) {
            ChildProcess submit = Commands.start(
                    directory,
                    "submit",
                    Commands.configuredBy(hadoop.configurationDirectory()),
                    "submit",
                    "--deploy-mode",
                    "cluster",
                    "--driver-memory",
                    "192m",
                    "--executor-memory",
                    "192m",
                    "--conf",
                    "heddle.yarn.stagingDir=" + directory.resolve("staging").toUri(),
                    "--conf",
                    "heddle.dynamicAllocation.enabled=true",
                    "--conf",
                    "heddle.dynamicAllocation.maxExecutors=2",
                    "--class",
                    "dev.heddle.examples.WordCount",
                    "--files",
                    Commands.TEXT.toString(),
                    Commands.EXAMPLES_JAR.toString(),
                    "shakespeare.txt");
            assertThat(submit.awaitExit(Commands.LIMIT))
                    .as(submit.stdout() + submit.stderr())
                    .isZero();
            assertThat(why(hadoop, submit))
                    .contains("state        FINISHED, ended as SUCCEEDED at ")
                    .contains("queue        root.default");
            // Hadoop's node copies nothing: the driver's output is where its container wrote it.
            Await.until("the driver's output", Commands.LIMIT, () -> outputs().contains(IndependentCount.lines()));
        }
    }

    /** What the command tells of the application that was submitted. */
    private String why(HadoopProcess hadoop, ChildProcess submit) {
        Matcher id = APPLICATION.matcher(submit.stdout());
        assertThat(id.find()).as(submit.stdout()).isTrue();
        ChildProcess why = Commands.start(
                directory, "why", Commands.configuredBy(hadoop.configurationDirectory()), "app", "why", id.group());
        assertThat(why.awaitExit(Commands.LIMIT)).as(why.stderr()).isZero();
        return why.stdout();
    }

    /** What each container has printed, by line. Only the nodes' log directories hold still enough to be searched. */
    private List<List<String>> outputs() {
        return find(directory.resolve("hadoop"), 4, path -> path.getFileName()
                        .toString()
                        .contains("-logDir-"))
                .stream()
                .flatMap(logs -> find(logs, 3, path -> path.endsWith("stdout")).stream())
                .map(SwapIT::lines)
                .toList();
    }

    private static List<Path> find(Path top, int depth, Predicate<Path> wanted) {
        try (Stream<Path> paths = Files.walk(top, depth)) {
            return paths.filter(wanted).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
