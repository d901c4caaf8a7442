package dev.heddle.nm.recovery;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes one record: the version of its form, then its fields in an order that {@link RecordReader}'s user knows. */
final class RecordWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    /** One field, into memory. */
    private interface Field {
        void write() throws IOException;
    }

    RecordWriter(int version) {
        write(() -> out.writeByte(version));
    }

    private RecordWriter write(Field field) {
        try {
            field.write();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RecordWriter number(long value) {
        return write(() -> out.writeLong(value));
    }

    RecordWriter flag(boolean value) {
        return write(() -> out.writeBoolean(value));
    }

    RecordWriter text(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    RecordWriter bytes(byte[] value) {
        return write(() -> {
            out.writeInt(value.length);
            out.write(value);
        });
    }

    RecordWriter path(Path value) {
        return text(value.toString());
    }

    RecordWriter texts(List<String> values) {
        number(values.size());
        values.forEach(this::text);
        return this;
    }

    RecordWriter paths(List<Path> values) {
        return texts(values.stream().map(Path::toString).toList());
    }

    RecordWriter texts(Map<String, String> values) {
        number(values.size());
        values.forEach((name, value) -> text(name).text(value));
        return this;
    }

    byte[] done() {
        return bytes.toByteArray();
    }
}
