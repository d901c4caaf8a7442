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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same command, the same jars and the same application on Hadoop's own YARN. */
class SwapIT {
    private static final int NODES = 2;

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
            // Hadoop's node copies nothing: the driver's output is where its container wrote it.
            Await.until("the driver's output", Commands.LIMIT, () -> outputs().contains(IndependentCount.lines()));
        }
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
