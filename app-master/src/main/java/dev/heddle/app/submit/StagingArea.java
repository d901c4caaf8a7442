package dev.heddle.app.submit;

import dev.heddle.app.ApplicationSettings;
import dev.heddle.app.launch.LaunchFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Where an application's files are put for its nodes to fetch: a directory for each application, which its user alone can
 * read, and one in which Heddle's own jars are kept by their content, so that each is uploaded once.
 */
final class StagingArea {
    private static final String FOLDER = ".heddleStaging";
    private static final String LIBRARIES = "lib";
    private static final FsPermission PRIVATE = new FsPermission((short) 0700);
    private static final int BUFFER_BYTES = 1 << 16;

    private final FileSystem files;
    private final Path root;
    private final Path application;

    private StagingArea(FileSystem files, Path root, Path application) {
        this.files = files;
        this.root = root;
        this.application = application;
    }

    /** Makes the application's directory. */
    static StagingArea create(Configuration conf, String applicationId) throws IOException {
        String directory = ApplicationSettings.STAGING_DIRECTORY.get(conf);
        FileSystem files = directory.isEmpty() ? FileSystem.get(conf) : new Path(directory).getFileSystem(conf);
        Path base = directory.isEmpty() ? files.getHomeDirectory() : new Path(directory);
        Path root = files.makeQualified(new Path(base, FOLDER));
        Path application = new Path(root, applicationId);
        FileSystem.mkdirs(files, root, PRIVATE);
        FileSystem.mkdirs(files, application, PRIVATE);
        return new StagingArea(files, root, application);
    }

    Path directory() {
        return application;
    }

    /** Uploads one of the application's own files. */
    LaunchFile upload(java.nio.file.Path local, String name, String link) throws IOException {
        Path target = new Path(application, name);
        files.copyFromLocalFile(false, true, new Path(local.toUri()), target);
        return LaunchFile.of(link, files.getFileStatus(target), false);
    }

    /** Writes a file of the application's from memory. */
    LaunchFile write(byte[] content, String link) throws IOException {
        Path target = new Path(application, link);
        try (var out = files.create(target, true)) {
            out.write(content);
        }
        return LaunchFile.of(link, files.getFileStatus(target), false);
    }

    /** Uploads a jar of Heddle's unless a former application did. */
    LaunchFile library(java.nio.file.Path local, String link) throws IOException {
        Path folder = new Path(new Path(root, LIBRARIES), sha256(local));
        Path target = new Path(folder, local.getFileName().toString());
        if (!files.exists(target)) {
            FileSystem.mkdirs(files, folder, PRIVATE);
            // Under another name until it is whole: other submitters look for it at the same time.
            Path partial = new Path(folder, "partial-" + UUID.randomUUID());
            files.copyFromLocalFile(false, true, new Path(local.toUri()), partial);
            if (files.exists(target) || !files.rename(partial, target)) {
                files.delete(partial, false);
            }
        }
        FileStatus status = files.getFileStatus(target);
        if (status.getLen() != Files.size(local)) {
            throw new IOException(target + " is not what it was uploaded as: remove it");
        }
        return LaunchFile.of(link, status, true);
    }

    void remove() throws IOException {
        files.delete(application, true);
    }

    private static String sha256(java.nio.file.Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                byte[] buffer = new byte[BUFFER_BYTES];
                while (in.read(buffer) >= 0) {
                    // Reading is what feeds the digest.
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
