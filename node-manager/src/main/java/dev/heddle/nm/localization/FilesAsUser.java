package dev.heddle.nm.localization;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * This machine's files for a daemon that runs as root: contents are read by a process of the user who asks, so that the
 * kernel decides who may read what, whatever is put in a file's place meanwhile. For reading from the beginning to the
 * end.
 */
final class FilesAsUser extends FilterFileSystem {
    private final List<String> become;

    /** @param become what goes before a command to have it run as the user */
    FilesAsUser(Path source, List<String> become, Configuration configuration) throws IOException {
        super(FileSystem.newInstance(source.toUri(), configuration));
        this.become = List.copyOf(become);
    }

    @Override
    public FSDataInputStream open(Path path, int bufferBytes) throws IOException {
        List<String> command = new ArrayList<>(become);
        command.addAll(List.of("cat", "--", path.toUri().getPath()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        return new FSDataInputStream(new Content(path, process));
    }

    /** What the process writes. */
    private static final class Content extends FSInputStream {
        private final Path path;
        private final Process process;
        private final InputStream in;
        private long position;

        Content(Path path, Process process) {
            this.path = path;
            this.process = process;
            this.in = process.getInputStream();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int count = in.read(buffer, offset, length);
            if (count < 0) {
                end();
            } else {
                position += count;
            }
            return count;
        }

        private void end() throws IOException {
            try {
                if (process.waitFor() != 0) {
                    throw new IOException(path + " cannot be read by the user whose container asks for it");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while reading " + path, e);
            }
        }

        @Override
        public void seek(long target) throws IOException {
            if (target != position) {
                throw new EOFException(path + " is only read from its beginning to its end");
            }
        }

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public boolean seekToNewSource(long target) {
            return false;
        }

        @Override
        public void close() throws IOException {
            process.destroyForcibly();
            in.close();
        }
    }
}
