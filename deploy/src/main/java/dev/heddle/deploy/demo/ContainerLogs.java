package dev.heddle.deploy.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The logs that an application's containers have left on the nodes of this machine. */
final class ContainerLogs {
    /** An attempt's first container is its application master's. */
    private static final String MASTER_SUFFIX = "_000001";

    private ContainerLogs() {}

    /**
     * What the driver has printed, which in cluster mode runs in the application master.
     *
     * @param logDirectories one for each node manager
     * @return nothing where no application master has written a log
     */
    static Optional<String> driverOutput(List<Path> logDirectories, String application) throws IOException {
        List<Path> masters = new ArrayList<>();
        for (Path directory : logDirectories) {
            Path containers = directory.resolve(application);
            if (Files.isDirectory(containers)) {
                try (Stream<Path> found = Files.list(containers)) {
                    found.filter(container -> container.toString().endsWith(MASTER_SUFFIX))
                            .forEach(masters::add);
                }
            }
        }
        // The names of the attempts' containers differ in the attempt's number alone.
        Optional<Path> last = masters.stream()
                .max(Comparator.comparing(container -> container.getFileName().toString()));
        if (last.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(Files.readString(last.get().resolve("stdout"), StandardCharsets.UTF_8));
    }
}
