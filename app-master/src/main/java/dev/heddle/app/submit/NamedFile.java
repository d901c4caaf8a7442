package dev.heddle.app.submit;

import dev.heddle.common.UserException;
import java.nio.file.Path;

/**
 * A file of {@code --files}.
 *
 * @param link its name in the containers' working directories
 */
record NamedFile(Path path, String link) {
    private static final String RESERVED = "__heddle";

    /** Reads {@code PATH} or {@code PATH#NAME}. */
    static NamedFile parse(String text) {
        int hash = text.lastIndexOf('#');
        Path path = Path.of(hash < 0 ? text : text.substring(0, hash));
        Path fileName = path.getFileName();
        String link = hash < 0 ? String.valueOf(fileName) : text.substring(hash + 1);
        if (link.isEmpty() || link.contains("/") || link.equals("..") || link.startsWith(RESERVED)) {
            throw new UserException("'" + link + "' cannot be the name of a file in a container (--files " + text
                    + "): take a plain name that does not begin with " + RESERVED);
        }
        return new NamedFile(path, link);
    }
}
