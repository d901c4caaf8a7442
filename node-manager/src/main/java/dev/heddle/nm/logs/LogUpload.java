package dev.heddle.nm.logs;

import dev.heddle.nm.directories.Deletion;
import dev.heddle.nm.logs.UploadState.End;
import dev.heddle.nm.logs.UploadState.Intent;
import dev.heddle.nm.logs.UploadState.Part;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.server.api.ContainerLogAggregationPolicy;
import org.apache.hadoop.yarn.server.api.ContainerLogContext;
import org.apache.hadoop.yarn.server.api.ContainerType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploads one application's logs, again and again while it runs and a last time at its end. One worker uses it at a time.
 * Blocks for as long as the remote file system takes.
 *
 * <p>An upload either appears whole under a name of its own, or not at all. Its name and what it holds are recorded
 * before: whoever finds the record knows by that name whether the upload came to its end.
 */
final class LogUpload {
    private static final Logger log = LoggerFactory.getLogger(LogUpload.class);

    /** Of a container that nobody saw the end of: its logs may be just the ones that somebody looks for. */
    private static final End UNKNOWN_END = new End(ContainerType.TASK, ContainerExitStatus.INVALID);

    private final LogOwner owner;
    private final ContainerLogFiles files;
    private final RemoteLogs remote;
    private final ContainerLogAggregationPolicy policy;
    private final Terms terms;
    private final UploadRecords records;
    private final InstantSource clock;
    private final LogPatterns patterns;

    /** The upload whose end has not been seen yet. */
    private @Nullable Intent intent;

    /**
     * What holds for this application on this node.
     *
     * @param rolling whether logs are uploaded while containers run
     * @param cleanup whether what has been uploaded is deleted here
     */
    record Terms(boolean rolling, boolean cleanup) {}

    /**
     * What is to be uploaded.
     *
     * @param running the containers that run
     * @param last whether the application has ended
     */
    record Order(UploadState state, Map<ContainerId, ContainerType> running, boolean last) {
        Order {
            running = Map.copyOf(running);
        }
    }

    LogUpload(
            LogOwner owner,
            ContainerLogFiles files,
            RemoteLogs remote,
            ContainerLogAggregationPolicy policy,
            Terms terms,
            UploadRecords records,
            InstantSource clock) {
        this.owner = owner;
        this.files = files;
        this.remote = remote;
        this.policy = policy;
        this.terms = terms;
        this.records = records;
        this.clock = clock;
        this.patterns = LogPatterns.of(owner.context());
    }

    /**
     * Uploads what there is.
     *
     * @return how far the upload has come now
     * @throws IOException if nothing of it was uploaded, and it may be tried again
     */
    UploadState run(Order order) throws IOException {
        try {
            return upload(order);
        } catch (IOException | RuntimeException | LinkageError e) {
            try {
                remote.abandon();
            } catch (IOException | RuntimeException | LinkageError further) {
                e.addSuppressed(further);
            }
            // Classes are missing where a format or a file system needs a jar that is not there.
            throw e instanceof IOException failure ? failure : new IOException(e.toString(), e);
        }
    }

    private UploadState upload(Order order) throws IOException {
        UploadState state = resolved(order.state());
        Map<ContainerId, End> ended = new LinkedHashMap<>(state.ended());
        if (order.last() && terms.cleanup()) {
            strangers(order).forEach(stranger -> ended.putIfAbsent(stranger, UNKNOWN_END));
        }
        Map<ContainerId, List<LogPiece>> pieces = new LinkedHashMap<>();
        Set<ContainerId> over = new HashSet<>();
        for (Map.Entry<ContainerId, End> each : ended.entrySet()) {
            End end = each.getValue();
            if (isWanted(each.getKey(), end.type(), end.exitStatus())) {
                over.add(each.getKey());
                select(each.getKey(), false, state, pieces);
            }
        }
        if (!order.last()) {
            for (Map.Entry<ContainerId, ContainerType> each : order.running().entrySet()) {
                if (isWanted(each.getKey(), each.getValue(), 0)) {
                    select(each.getKey(), true, state, pieces);
                }
            }
        }
        Map<ContainerId, Map<String, Part>> uploaded =
                pieces.isEmpty() ? state.uploaded() : write(pieces, new UploadState(ended, state.uploaded(), null));
        intent = null;
        Map<ContainerId, Map<String, Part>> kept = new HashMap<>(uploaded);
        kept.keySet().removeAll(over);
        if (!order.last()) {
            if (terms.cleanup()) {
                over.forEach(container -> files.directories(container).forEach(Deletion::delete));
            }
            for (ContainerId running : order.running().keySet()) {
                kept.computeIfPresent(running, (container, parts) -> tidied(container, parts, state));
            }
        }
        ended.keySet().removeAll(over);
        return new UploadState(ended, kept, null);
    }

    /** Finds out whether the upload before this one, which nobody saw the end of, came to it. */
    private UploadState resolved(UploadState state) throws IOException {
        Intent last = intent == null ? state.intent() : intent;
        if (last == null) {
            return state;
        }
        boolean complete = remote.isNamedWhenComplete() && remote.exists(last.name());
        return new UploadState(state.ended(), complete ? last.uploaded() : state.uploaded(), null);
    }

    /** Containers of the application that an earlier life of this node has left. */
    private Set<ContainerId> strangers(Order order) throws IOException {
        Set<ContainerId> strangers = files.containers(owner.application());
        strangers.removeAll(order.state().ended().keySet());
        strangers.removeAll(order.running().keySet());
        return strangers;
    }

    private boolean isWanted(ContainerId container, ContainerType type, int exitStatus) {
        return policy.shouldDoLogAggregation(new ContainerLogContext(container, type, exitStatus));
    }

    private void select(
            ContainerId container, boolean running, UploadState state, Map<ContainerId, List<LogPiece>> pieces)
            throws IOException {
        boolean inParts = remote.isNamedWhenComplete();
        Map<String, Part> done = state.uploaded().getOrDefault(container, Map.of());
        List<LogPiece> wanted = new ArrayList<>();
        for (LogFile file : files.list(container)) {
            boolean rolled = terms.rolling() && patterns.isRolled(file.name());
            if (rolled || (!running && patterns.isWanted(file.name()))) {
                LogPiece left = LogPiece.left(files, container, file, done.get(file.identity()));
                if (left != null) {
                    wanted.add(inParts ? left : left.whole());
                }
            }
        }
        if (!wanted.isEmpty()) {
            pieces.put(container, wanted);
        }
    }

    private Map<ContainerId, Map<String, Part>> write(Map<ContainerId, List<LogPiece>> pieces, UploadState state)
            throws IOException {
        remote.prepare();
        String name = remote.begin(clock.millis());
        Map<ContainerId, Map<String, Part>> uploaded = new HashMap<>(state.uploaded());
        for (Map.Entry<ContainerId, List<LogPiece>> each : pieces.entrySet()) {
            ContainerId container = each.getKey();
            remote.write(container, new ContainerLogValue(files, container, owner.user(), each.getValue()));
            Map<String, Part> parts = new HashMap<>(uploaded.getOrDefault(container, Map.of()));
            for (LogPiece piece : each.getValue()) {
                parts.put(piece.file().identity(), piece.uploaded(files, container));
            }
            uploaded.put(container, Map.copyOf(parts));
        }
        intent = new Intent(name, uploaded);
        save(new UploadState(state.ended(), state.uploaded(), intent));
        remote.publish(name, pieces.keySet().iterator().next());
        log.info("logs of {} containers of {} uploaded as {}", pieces.size(), owner.application(), name);
        return uploaded;
    }

    /**
     * Deletes of a running container the files that were uploaded before and have not been written to since, so that what
     * a container has rolled away does not fill the disk, and forgets what is gone.
     */
    private Map<String, Part> tidied(ContainerId container, Map<String, Part> parts, UploadState before) {
        Map<String, Part> done = before.uploaded().getOrDefault(container, Map.of());
        Map<String, Part> left = new HashMap<>();
        try {
            for (LogFile file : files.list(container)) {
                Part earlier = done.get(file.identity());
                if (terms.cleanup() && earlier != null && LogPiece.isAsUploaded(file, earlier)) {
                    Deletion.delete(file.path());
                    continue;
                }
                Part part = parts.get(file.identity());
                if (part != null) {
                    left.put(file.identity(), part);
                }
            }
            return Map.copyOf(left);
        } catch (IOException e) {
            log.warn("cannot look after the uploaded logs of {}: {}", container, e.toString());
            return parts;
        }
    }

    /** Keeps how far the upload has come. */
    void save(UploadState state) throws IOException {
        records.save(owner.application(), new UploadRecord(owner, state).encode());
    }

    /** Ends the work for the application, whose logs are done with. */
    void close() {
        records.remove(owner.application());
        try {
            remote.close();
        } catch (IOException e) {
            log.debug("closing the file systems of {}", owner.application(), e);
        }
    }
}
