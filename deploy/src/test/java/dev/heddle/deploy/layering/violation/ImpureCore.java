package dev.heddle.deploy.layering.violation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;

/** Does what the core of the resource manager must not do. */
final class ImpureCore {
    private ImpureCore() {}

    static synchronized long readClockUnderALock() {
        return System.currentTimeMillis() + InstantSource.system().millis();
    }

    static boolean touchFile() {
        return Files.exists(Path.of("/"));
    }
}
