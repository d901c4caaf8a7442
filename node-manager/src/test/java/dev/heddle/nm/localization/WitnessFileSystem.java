package dev.heddle.nm.localization;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.security.UserGroupInformation;
import org.jspecify.annotations.Nullable;

/**
 * Files of this machine under a scheme of their own, as {@code witness://store/path}. It notes who reads them with which
 * tokens, and can hang.
 */
public final class WitnessFileSystem extends RawLocalFileSystem {
    /** By the authority of the address, so that tests do not see each other. */
    private static final Map<String, List<String>> READERS = new ConcurrentHashMap<>();

    private static final Map<String, CountDownLatch> HANGING = new ConcurrentHashMap<>();

    /** Null while the class above is being made. */
    private @Nullable URI name;

    static Configuration configuration() {
        Configuration configuration = new Configuration();
        configuration.set("fs.witness.impl", WitnessFileSystem.class.getName());
        return configuration;
    }

    /** Who has opened files of a store, each as the user's name and the kinds of his tokens. */
    static List<String> readers(String store) {
        return List.copyOf(READERS.getOrDefault(store, List.of()));
    }

    /** From now on nothing can be opened there until the latch is released. */
    static CountDownLatch hang(String store) {
        CountDownLatch released = new CountDownLatch(1);
        HANGING.put(store, released);
        return released;
    }

    @Override
    public void initialize(URI uri, Configuration configuration) throws IOException {
        super.initialize(uri, configuration);
        name = URI.create(uri.getScheme() + "://" + uri.getAuthority());
    }

    @Override
    public URI getUri() {
        return name == null ? URI.create("witness:///") : name;
    }

    private Path local(Path path) {
        return new Path("file:" + path.toUri().getPath());
    }

    @Override
    public File pathToFile(Path path) {
        return new File(path.toUri().getPath());
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        FileStatus status = new RawFiles(getConf()).getFileStatus(local(path));
        return new FileStatus(
                status.getLen(),
                status.isDirectory(),
                1,
                status.getBlockSize(),
                status.getModificationTime(),
                0,
                status.getPermission(),
                status.getOwner(),
                status.getGroup(),
                path);
    }

    @Override
    public FSDataInputStream open(Path path, int bufferSize) throws IOException {
        String store = getUri().getAuthority();
        UserGroupInformation user = UserGroupInformation.getCurrentUser();
        READERS.computeIfAbsent(store, absent -> new CopyOnWriteArrayList<>())
                .add(user.getShortUserName() + " "
                        + user.getTokens().stream()
                                .map(token -> token.getKind().toString())
                                .toList());
        CountDownLatch released = HANGING.get(store);
        if (released != null) {
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            }
        }
        return new RawFiles(getConf()).open(local(path), bufferSize);
    }

    private static final class RawFiles extends RawLocalFileSystem {
        RawFiles(Configuration configuration) throws IOException {
            initialize(URI.create("file:///"), configuration);
        }
    }
}
