package dev.heddle.deploy;

import dev.heddle.app.MemorySize;
import dev.heddle.deploy.demo.Demo;
import dev.heddle.deploy.demo.Distribution;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code heddle demo}. */
@Command(
        name = "demo",
        description = {
            "Start a cluster on this machine, count words on it, and stop it again.",
            "The cluster is a ZooKeeper, two resource managers, of which one leads, and three node managers, each in a"
                    + " process of its own on the loopback interface."
        })
final class DemoCommand extends HeddleCommand {
    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description =
                    "Where the demo makes a directory for its files; its logs stay there. Default: ${DEFAULT-VALUE}")
    Path directory = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(
            names = "--executor-memory",
            paramLabel = "SIZE",
            converter = MemoryMb.class,
            description = "Heap of each executor, such as 256m or 1g. Default: 192m")
    int executorMemoryMb = 192;

    @Option(
            names = "--keep",
            description = "Keep the cluster running, to look around, until Enter or Ctrl-C is pressed.")
    boolean keep;

    @Override
    public Integer call() throws Exception {
        new Demo(Distribution.ofThisProgram(), directory, executorMemoryMb, keep).run(System.out);
        return 0;
    }

    private static final class MemoryMb implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            try {
                return MemorySize.parseMb(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
