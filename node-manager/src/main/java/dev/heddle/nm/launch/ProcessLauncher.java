package dev.heddle.nm.launch;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;

/** Starts a container's script as a process of this daemon's own user, at the head of a session of its own. */
final class ProcessLauncher {
    private static final File NOTHING = new File("/dev/null");

    /**
     * Starts the script of a container. Returns as soon as the process exists.
     *
     * @throws IOException if the system cannot start it
     */
    ContainerProcess start(ContainerPaths paths) throws IOException {
        Path script = paths.script();
        // A child is never the leader of a process group, so setsid replaces itself by the shell: one process, whose
        // number is the group's too.
        ProcessBuilder builder = new ProcessBuilder("setsid", "/bin/bash", script.toString())
                .directory(paths.work().toFile())
                .redirectInput(NOTHING)
                .redirectOutput(paths.prelaunchOut().toFile())
                .redirectError(paths.prelaunchErr().toFile());
        // What a container sees is in its script, and nothing of this daemon's own environment besides.
        builder.environment().clear();
        return new ContainerProcess(builder.start());
    }
}
