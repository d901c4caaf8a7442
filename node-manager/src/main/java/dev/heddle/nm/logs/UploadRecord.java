package dev.heddle.nm.logs;

import dev.heddle.nm.logs.UploadState.End;
import dev.heddle.nm.logs.UploadState.Intent;
import dev.heddle.nm.logs.UploadState.Part;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.yarn.api.records.ApplicationAccessType;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.LogAggregationContext;
import org.apache.hadoop.yarn.api.records.impl.pb.LogAggregationContextPBImpl;
import org.apache.hadoop.yarn.proto.YarnProtos.LogAggregationContextProto;
import org.apache.hadoop.yarn.server.api.ContainerType;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of one application's upload for another life of the node manager, as bytes: a version, the owner, and how
 * far the upload has come.
 */
record UploadRecord(LogOwner owner, UploadState state) {
    private static final int VERSION = 1;

    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeUTF(owner.application().toString());
            out.writeUTF(owner.user());
            out.writeInt(owner.acls().size());
            for (Map.Entry<ApplicationAccessType, String> acl : owner.acls().entrySet()) {
                out.writeUTF(acl.getKey().name());
                writeBytes(out, acl.getValue().getBytes(StandardCharsets.UTF_8));
            }
            ByteArrayOutputStream secrets = new ByteArrayOutputStream();
            owner.credentials().writeTokenStorageToStream(new DataOutputStream(secrets));
            writeBytes(out, secrets.toByteArray());
            out.writeBoolean(owner.context() != null);
            if (owner.context() != null) {
                writeBytes(
                        out,
                        ((LogAggregationContextPBImpl) owner.context())
                                .getProto()
                                .toByteArray());
            }
            write(out, state);
        } catch (IOException e) {
            throw new UncheckedIOException("nothing fails in memory", e);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, UploadState state) throws IOException {
        out.writeInt(state.ended().size());
        for (Map.Entry<ContainerId, End> ended : state.ended().entrySet()) {
            out.writeUTF(ended.getKey().toString());
            out.writeUTF(ended.getValue().type().name());
            out.writeInt(ended.getValue().exitStatus());
        }
        writeParts(out, state.uploaded());
        out.writeBoolean(state.intent() != null);
        if (state.intent() != null) {
            out.writeUTF(state.intent().name());
            writeParts(out, state.intent().uploaded());
        }
    }

    private static void writeParts(DataOutputStream out, Map<ContainerId, Map<String, Part>> uploaded)
            throws IOException {
        out.writeInt(uploaded.size());
        for (Map.Entry<ContainerId, Map<String, Part>> container : uploaded.entrySet()) {
            out.writeUTF(container.getKey().toString());
            out.writeInt(container.getValue().size());
            for (Map.Entry<String, Part> part : container.getValue().entrySet()) {
                out.writeUTF(part.getKey());
                out.writeLong(part.getValue().length());
                out.writeInt(part.getValue().checksum());
                out.writeLong(part.getValue().modifiedMs());
            }
        }
    }

    private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /**
     * Reads a record.
     *
     * @throws IOException if it is none, or another version's
     */
    static UploadRecord decode(byte[] record) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(record))) {
            int version = in.readByte();
            if (version != VERSION) {
                throw new IOException("version " + version + " of upload records is not known here");
            }
            ApplicationId application = ApplicationId.fromString(in.readUTF());
            String user = in.readUTF();
            Map<ApplicationAccessType, String> acls = new EnumMap<>(ApplicationAccessType.class);
            for (int left = in.readInt(); left > 0; left--) {
                acls.put(
                        ApplicationAccessType.valueOf(in.readUTF()), new String(readBytes(in), StandardCharsets.UTF_8));
            }
            Credentials credentials = new Credentials();
            credentials.readTokenStorageStream(new DataInputStream(new ByteArrayInputStream(readBytes(in))));
            LogAggregationContext context = in.readBoolean()
                    ? new LogAggregationContextPBImpl(LogAggregationContextProto.parseFrom(readBytes(in)))
                    : null;
            return new UploadRecord(new LogOwner(application, user, acls, credentials, context), readState(in));
        } catch (IllegalArgumentException e) {
            throw new IOException("this is no upload record", e);
        }
    }

    private static UploadState readState(DataInputStream in) throws IOException {
        Map<ContainerId, End> ended = new HashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            ended.put(ContainerId.fromString(in.readUTF()), new End(ContainerType.valueOf(in.readUTF()), in.readInt()));
        }
        Map<ContainerId, Map<String, Part>> uploaded = readParts(in);
        @Nullable Intent intent = in.readBoolean() ? new Intent(in.readUTF(), readParts(in)) : null;
        return new UploadState(ended, uploaded, intent);
    }

    private static Map<ContainerId, Map<String, Part>> readParts(DataInputStream in) throws IOException {
        Map<ContainerId, Map<String, Part>> uploaded = new HashMap<>();
        for (int containers = in.readInt(); containers > 0; containers--) {
            ContainerId container = ContainerId.fromString(in.readUTF());
            Map<String, Part> parts = new HashMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                parts.put(in.readUTF(), new Part(in.readLong(), in.readInt(), in.readLong()));
            }
            uploaded.put(container, Map.copyOf(parts));
        }
        return uploaded;
    }

    private static byte[] readBytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("an upload record is cut short");
        }
        return in.readNBytes(length);
    }

    @Override
    public String toString() {
        return "record of the " + owner;
    }
}
