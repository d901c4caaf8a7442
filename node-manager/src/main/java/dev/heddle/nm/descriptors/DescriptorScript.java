package dev.heddle.nm.descriptors;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program of an administrator's that prints what a node is.
 *
 * @param limitMs after which it is ended
 */
record DescriptorScript(Path path, List<String> options, long limitMs) {
    private static final int MAX_OUTPUT_BYTES = 1 << 20;
    private static final int TOLD_CHARACTERS = 500;

    /**
     * What it prints.
     *
     * @throws IOException if it cannot be run, fails, takes too long or prints too much; the message says which
     */
    List<String> run() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(path.toString()));
        command.addAll(options);
        // A file, as whatever the script leaves in the background would hold a pipe open.
        Path output = Files.createTempFile("node-descriptors", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try {
                if (!process.waitFor(limitMs, TimeUnit.MILLISECONDS)) {
                    throw new IOException("it has not ended in " + limitMs + " ms and was ended");
                }
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            String printed = read(output);
            if (process.exitValue() != 0) {
                throw new IOException("it ended with status " + process.exitValue() + " and said: "
                        + printed.substring(Math.max(0, printed.length() - TOLD_CHARACTERS))
                                .trim());
            }
            return printed.lines().toList();
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private static String read(Path output) throws IOException {
        try (InputStream in = Files.newInputStream(output)) {
            byte[] printed = in.readNBytes(MAX_OUTPUT_BYTES + 1);
            if (printed.length > MAX_OUTPUT_BYTES) {
                throw new IOException("it printed more than " + MAX_OUTPUT_BYTES + " bytes");
            }
            return new String(printed, StandardCharsets.UTF_8);
        }
    }
}
