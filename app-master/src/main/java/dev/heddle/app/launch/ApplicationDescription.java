package dev.heddle.app.launch;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * What the submitter tells the application master, as a file of its container.
 *
 * @param name of the application
 * @param mainClass of the driver
 * @param arguments of the driver
 * @param stagingDirectory which the application master removes at the end
 * @param executorFiles what executors get into their working directories
 */
public record ApplicationDescription(
        String name, String mainClass, List<String> arguments, URI stagingDirectory, List<LaunchFile> executorFiles) {
    private static final String SEPARATOR = "|";
    private static final String SEPARATOR_PATTERN = "\\|";
    private static final int FILE_FIELDS = 5;

    public ApplicationDescription {
        arguments = List.copyOf(arguments);
        executorFiles = List.copyOf(executorFiles);
    }

    /** Writes what {@link #read} reads. */
    public void write(OutputStream out) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("name", name);
        properties.setProperty("mainClass", mainClass);
        properties.setProperty("stagingDirectory", stagingDirectory.toString());
        put(properties, "argument", arguments);
        put(
                properties,
                "executorFile",
                executorFiles.stream().map(ApplicationDescription::format).toList());
        properties.store(new OutputStreamWriter(out, StandardCharsets.UTF_8), null);
    }

    public static ApplicationDescription read(Path file) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(new InputStreamReader(in, StandardCharsets.UTF_8));
        }
        return new ApplicationDescription(
                required(properties, "name"),
                required(properties, "mainClass"),
                list(properties, "argument"),
                URI.create(required(properties, "stagingDirectory")),
                list(properties, "executorFile").stream()
                        .map(ApplicationDescription::parse)
                        .toList());
    }

    private static void put(Properties properties, String key, List<String> values) {
        properties.setProperty(key + "s", Integer.toString(values.size()));
        for (int i = 0; i < values.size(); i++) {
            properties.setProperty(key + "." + i, values.get(i));
        }
    }

    private static List<String> list(Properties properties, String key) {
        List<String> values = new ArrayList<>();
        int count = Integer.parseInt(required(properties, key + "s"));
        for (int i = 0; i < count; i++) {
            values.add(required(properties, key + "." + i));
        }
        return values;
    }

    private static String required(Properties properties, String key) {
        String value = properties.getProperty(key);
        if (value == null) {
            throw new IllegalArgumentException("no " + key + " in the application's description");
        }
        return value;
    }

    /** The link comes last: it alone may hold the separator. */
    private static String format(LaunchFile file) {
        return String.join(
                SEPARATOR,
                file.file().toString(),
                Long.toString(file.sizeBytes()),
                Long.toString(file.timestampMs()),
                Boolean.toString(file.shared()),
                file.link());
    }

    private static LaunchFile parse(String text) {
        String[] fields = text.split(SEPARATOR_PATTERN, FILE_FIELDS);
        return new LaunchFile(
                fields[4],
                URI.create(fields[0]),
                Long.parseLong(fields[1]),
                Long.parseLong(fields[2]),
                Boolean.parseBoolean(fields[3]));
    }
}
