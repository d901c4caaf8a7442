package dev.heddle.nm.recovery;

import dev.heddle.nm.container.ApplicationState;
import dev.heddle.nm.container.ContainerProgress;
import dev.heddle.nm.container.KillReason;
import dev.heddle.nm.container.RestoredNode.Recent;
import dev.heddle.nm.container.RestoredNode.RestoredApplication;
import dev.heddle.nm.container.StartOrder;
import dev.heddle.nm.launch.ContainerPaths;
import dev.heddle.nm.launch.LaunchRequest;
import dev.heddle.nm.localization.CacheKey;
import dev.heddle.nm.localization.CachedCopy;
import dev.heddle.nm.localization.ResourceRequest;
import dev.heddle.nm.localization.ResourceRequest.Kind;
import dev.heddle.nm.localization.ResourceRequest.Visibility;
import dev.heddle.nm.retry.RetryBudget.Spent;
import dev.heddle.nm.retry.RetryPolicy;
import dev.heddle.nm.retry.RetryPolicy.Failures;
import dev.heddle.nm.security.HeldKeys;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.DataOutputBuffer;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.yarn.api.records.ApplicationAccessType;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;
import org.apache.hadoop.yarn.server.api.records.MasterKey;
import org.apache.hadoop.yarn.server.api.records.impl.pb.MasterKeyPBImpl;
import org.jspecify.annotations.Nullable;

/**
 * The forms of the records in a {@link NodeStore}. Whoever gives a form other fields gives it another version, and reads
 * the earlier one for as long as node managers of that version may be replaced.
 */
final class NodeRecordForms {
    private static final int ORDER = 2;
    private static final int PROGRESS = 1;
    private static final int APPLICATION = 1;
    private static final int RECENT = 1;
    private static final int COPY = 1;
    private static final int KEYS = 1;

    private NodeRecordForms() {}

    /** A container's order and where its files lie. */
    record Accepted(StartOrder order, ContainerPaths paths) {}

    static byte[] accepted(Accepted accepted) {
        StartOrder order = accepted.order();
        LaunchRequest launch = order.launch();
        RecordWriter record = new RecordWriter(ORDER)
                .bytes(order.token().getBytes())
                .text(launch.user())
                .texts(launch.commands())
                .texts(launch.environment())
                .bytes(credentials(launch.credentials()))
                .texts(acls(launch.acls()))
                .number(order.resources().size());
        order.resources().forEach(resource -> resource(record, resource));
        record.number(order.serviceData().size());
        order.serviceData().forEach((service, data) -> record.text(service).bytes(content(data)));
        retries(record, order.retries());
        ContainerPaths paths = accepted.paths();
        return record.path(paths.work())
                .path(paths.nodePrivate())
                .path(paths.log())
                .paths(paths.applicationDirectories())
                .paths(paths.userDirectories())
                .paths(paths.logDirectories())
                .done();
    }

    static Accepted accepted(byte[] bytes) throws IOException {
        RecordReader record = new RecordReader(bytes, ORDER);
        ContainerTokenIdentifier token = new ContainerTokenIdentifier();
        token.readFields(new DataInputStream(new ByteArrayInputStream(record.bytes())));
        LaunchRequest launch = new LaunchRequest(
                token.getContainerID(),
                record.text(),
                record.textList(),
                record.textMap(),
                credentials(record.bytes()),
                acls(record));
        List<ResourceRequest> resources = new ArrayList<>();
        for (long left = record.number(); left > 0; left--) {
            resources.add(resource(record));
        }
        Map<String, ByteBuffer> serviceData = new HashMap<>();
        for (long left = record.number(); left > 0; left--) {
            serviceData.put(record.text(), ByteBuffer.wrap(record.bytes()));
        }
        return new Accepted(
                new StartOrder(token, launch, resources, retries(record), serviceData),
                new ContainerPaths(
                        record.path(), record.path(), record.path(), record.paths(), record.paths(), record.paths()));
    }

    private static byte[] content(ByteBuffer data) {
        byte[] content = new byte[data.remaining()];
        data.duplicate().get(content);
        return content;
    }

    private static Map<String, String> acls(Map<ApplicationAccessType, String> acls) {
        return acls.entrySet().stream()
                .collect(Collectors.toMap(each -> each.getKey().name(), Map.Entry::getValue));
    }

    private static Map<ApplicationAccessType, String> acls(RecordReader record) throws IOException {
        return record.textMap().entrySet().stream()
                .collect(Collectors.toMap(each -> ApplicationAccessType.valueOf(each.getKey()), Map.Entry::getValue));
    }

    private static void resource(RecordWriter record, ResourceRequest resource) {
        record.text(resource.linkName())
                .text(resource.source().toString())
                .text(resource.kind().name())
                .number(resource.timestamp())
                .text(resource.visibility().name())
                .text(resource.pattern());
    }

    private static ResourceRequest resource(RecordReader record) throws IOException {
        return new ResourceRequest(
                record.text(),
                new Path(record.text()),
                Kind.valueOf(record.text()),
                record.number(),
                Visibility.valueOf(record.text()),
                record.text());
    }

    private static void retries(RecordWriter record, RetryPolicy retries) {
        record.text(retries.failures().name())
                .texts(retries.statuses().stream().map(String::valueOf).toList())
                .number(retries.maxRetries())
                .number(retries.intervalMs())
                .number(retries.validityMs());
    }

    private static RetryPolicy retries(RecordReader record) throws IOException {
        Failures failures = Failures.valueOf(record.text());
        Set<Integer> statuses = record.textList().stream().map(Integer::valueOf).collect(Collectors.toSet());
        return new RetryPolicy(failures, statuses, record.integer(), record.number(), record.number());
    }

    private static byte[] credentials(Credentials credentials) {
        DataOutputBuffer out = new DataOutputBuffer();
        try {
            credentials.writeTokenStorageToStream(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Arrays.copyOf(out.getData(), out.getLength());
    }

    private static Credentials credentials(byte[] bytes) throws IOException {
        Credentials credentials = new Credentials();
        credentials.readTokenStorageStream(new DataInputStream(new ByteArrayInputStream(bytes)));
        return credentials;
    }

    static byte[] progress(ContainerProgress progress) {
        KillReason reason = progress.killReason();
        return new RecordWriter(PROGRESS)
                .number(progress.run())
                .text(reason == null ? "" : reason.name())
                .flag(progress.done())
                .number(progress.exitStatus())
                .text(progress.diagnostics())
                .number(progress.retries().count())
                .texts(progress.retries().failures().stream()
                        .map(failure -> Long.toString(failure.toEpochMilli()))
                        .toList())
                .done();
    }

    static ContainerProgress progress(byte[] bytes) throws IOException {
        RecordReader record = new RecordReader(bytes, PROGRESS);
        int run = record.integer();
        String reason = record.text();
        return new ContainerProgress(
                run,
                reason.isEmpty() ? null : KillReason.valueOf(reason),
                record.flag(),
                record.integer(),
                record.text(),
                spent(record));
    }

    private static Spent spent(RecordReader record) throws IOException {
        long count = record.number();
        return new Spent(
                count,
                record.textList().stream()
                        .map(failure -> Instant.ofEpochMilli(Long.parseLong(failure)))
                        .toList());
    }

    static byte[] application(String user, ApplicationState state) {
        return new RecordWriter(APPLICATION).text(user).text(state.name()).done();
    }

    static RestoredApplication application(String id, byte[] bytes) throws IOException {
        RecordReader record = new RecordReader(bytes, APPLICATION);
        return new RestoredApplication(
                ApplicationId.fromString(id), record.text(), ApplicationState.valueOf(record.text()));
    }

    static byte[] recent(Instant startedUntil, Instant stoppedUntil) {
        return new RecordWriter(RECENT)
                .number(startedUntil.toEpochMilli())
                .number(stoppedUntil.toEpochMilli())
                .done();
    }

    static Recent recent(String id, byte[] bytes) throws IOException {
        RecordReader record = new RecordReader(bytes, RECENT);
        return new Recent(
                ContainerId.fromString(id),
                Instant.ofEpochMilli(record.number()),
                Instant.ofEpochMilli(record.number()));
    }

    static byte[] copy(CachedCopy copy) {
        CacheKey key = copy.key();
        return new RecordWriter(COPY)
                .text(key.visibility().name())
                .text(key.user())
                .text(key.application())
                .text(key.source().toString())
                .text(key.kind().name())
                .number(key.timestamp())
                .text(key.pattern())
                .path(copy.directory())
                .path(copy.path())
                .number(copy.sizeBytes())
                .done();
    }

    static CachedCopy copy(byte[] bytes) throws IOException {
        RecordReader record = new RecordReader(bytes, COPY);
        CacheKey key = new CacheKey(
                Visibility.valueOf(record.text()),
                record.text(),
                record.text(),
                new Path(record.text()),
                Kind.valueOf(record.text()),
                record.number(),
                record.text());
        return new CachedCopy(key, record.path(), record.path(), record.number());
    }

    static byte[] keys(HeldKeys keys) {
        RecordWriter record = new RecordWriter(KEYS);
        key(record, keys.current());
        key(record, keys.previous());
        return record.done();
    }

    static HeldKeys keys(byte[] bytes) throws IOException {
        RecordReader record = new RecordReader(bytes, KEYS);
        return new HeldKeys(key(record), key(record));
    }

    private static void key(RecordWriter record, @Nullable MasterKey key) {
        record.flag(key != null);
        if (key != null) {
            ByteBuffer secret = key.getBytes().duplicate();
            byte[] bytes = new byte[secret.remaining()];
            secret.get(bytes);
            record.number(key.getKeyId()).bytes(bytes);
        }
    }

    private static @Nullable MasterKey key(RecordReader record) throws IOException {
        if (!record.flag()) {
            return null;
        }
        MasterKey key = new MasterKeyPBImpl();
        key.setKeyId(record.integer());
        key.setBytes(ByteBuffer.wrap(record.bytes()));
        return key;
    }
}
