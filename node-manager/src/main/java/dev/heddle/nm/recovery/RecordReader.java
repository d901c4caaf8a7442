package dev.heddle.nm.recovery;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads what a {@link RecordWriter} has written. */
final class RecordReader {
    private final DataInputStream in;

    /** @throws IOException if the record's form is another than the given one */
    RecordReader(byte[] record, int version) throws IOException {
        this.in = new DataInputStream(new ByteArrayInputStream(record));
        int found = in.readByte();
        if (found != version) {
            throw new IOException("a record has form " + found + ", and this version reads form " + version);
        }
    }

    long number() throws IOException {
        return in.readLong();
    }

    int integer() throws IOException {
        return Math.toIntExact(in.readLong());
    }

    boolean flag() throws IOException {
        return in.readBoolean();
    }

    byte[] bytes() throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("a record is cut off");
        }
        return in.readNBytes(length);
    }

    String text() throws IOException {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    Path path() throws IOException {
        return Path.of(text());
    }

    List<String> textList() throws IOException {
        List<String> values = new ArrayList<>();
        for (long left = number(); left > 0; left--) {
            values.add(text());
        }
        return values;
    }

    List<Path> paths() throws IOException {
        return textList().stream().map(Path::of).toList();
    }

    Map<String, String> textMap() throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        for (long left = number(); left > 0; left--) {
            values.put(text(), text());
        }
        return values;
    }
}
