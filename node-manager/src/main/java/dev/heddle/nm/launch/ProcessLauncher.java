package dev.heddle.nm.launch;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts a container's script below a supervisor: a shell of a few lines, in a session of its own, that outlives this
 * daemon and notes in a {@link ProcessRecord} what becomes of the process.
 */
final class ProcessLauncher {
    private static final File NOTHING = new File("/dev/null");

    /**
     * Arguments: the record's base, the file for standard output, the command.
     *
     * <p>Whoever makes the pid file may start the process: a node manager that found a launch half done has made it
     * itself, and nothing starts here. The process notes itself before it becomes the container, so that there is none
     * without a note. It stands in the foreground of the supervisor because a shell's background children ignore SIGINT
     * and SIGQUIT for good. This daemon hears of the start through the pipe, whose other end may be gone by then. Only
     * builtins: each command besides the container's own would take a millisecond.
     */
    private static final String SUPERVISOR =
            """
            set -C
            : >"$1.pid" || exit 1
            set +C
            exec 3>&1 4>&2 >/dev/null 2>&1
            (
              exec 2>&4 4>&-
              read -r boot </proc/sys/kernel/random/boot_id
              read -r stat </proc/self/stat && echo "$stat $boot" >"$1.pid" || exit 1
              trap '' PIPE
              echo "$stat $boot" >&3
              trap - PIPE
              out=$2
              shift 2
              exec setsid "$@" >"$out" 3>&-
            )
            status=$?
            read -r pid rest <"$1.pid" && kill -s KILL -- "-$pid"
            echo "$status" >"$1.exit"
            exit "$status"
            """;

    /**
     * Starts the script of a container. Returns as soon as the process exists and is noted.
     *
     * @param prefix a command that runs the one behind it, in place of itself; may be empty
     * @throws IOException if the system cannot start it; there is no process then, and will be none
     */
    ContainerProcess start(ContainerPaths paths, int run, List<String> prefix) throws IOException {
        ProcessRecord record = paths.record(run);
        // An earlier run may have left links in their place.
        Files.deleteIfExists(paths.prelaunchOut());
        Files.deleteIfExists(paths.prelaunchErr());
        Process supervisor = command(paths, run, prefix).start();
        String line;
        try (BufferedReader started =
                new BufferedReader(new InputStreamReader(supervisor.getInputStream(), StandardCharsets.ISO_8859_1))) {
            line = started.readLine();
        }
        ProcessIdentity identity = line == null ? null : ProcessIdentity.parse(line);
        if (identity == null) {
            record.delete();
            throw new IOException("its process could not be started: "
                    + Files.readString(paths.prelaunchErr()).strip());
        }
        return new ContainerProcess(identity, record, supervisor);
    }

    ProcessBuilder command(ContainerPaths paths, int run, List<String> prefix) {
        List<String> command = new ArrayList<>(List.of(
                "setsid",
                "/bin/sh",
                "-c",
                SUPERVISOR,
                "container-supervisor",
                paths.record(run).base().toString(),
                paths.prelaunchOut().toString()));
        command.addAll(prefix);
        command.addAll(List.of("/bin/bash", paths.script().toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(paths.work().toFile())
                .redirectInput(NOTHING)
                .redirectError(paths.prelaunchErr().toFile());
        // What a container sees is in its script, and nothing of this daemon's own environment besides.
        builder.environment().clear();
        return builder;
    }
}
