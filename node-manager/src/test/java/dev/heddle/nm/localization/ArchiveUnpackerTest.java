package dev.heddle.nm.localization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveUnpackerTest {
    private static final byte[] TEXT = "text".getBytes(StandardCharsets.UTF_8);

    private Path archive;
    private Path target;
    private Path outside;

    @BeforeEach
    void makeDirectories(@TempDir Path directory) throws IOException {
        archive = directory.resolve("archive");
        target = Files.createDirectory(directory.resolve("target"));
        outside = directory.resolve("outside");
    }

    private void zip(String... names) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(archive))) {
            for (String name : names) {
                out.putNextEntry(new ZipEntry(name));
                if (!name.endsWith("/")) {
                    out.write(TEXT);
                }
                out.closeEntry();
            }
        }
    }

    private interface Filler {
        void fill(TarArchiveOutputStream tar) throws IOException;
    }

    private void tar(boolean compressed, Filler filler) throws IOException {
        try (OutputStream file = Files.newOutputStream(archive);
                OutputStream out = compressed ? new GZIPOutputStream(file) : file;
                TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            filler.fill(tar);
        }
    }

    private static void file(TarArchiveOutputStream tar, String name, int mode) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, true);
        entry.setSize(TEXT.length);
        entry.setMode(mode);
        tar.putArchiveEntry(entry);
        tar.write(TEXT);
        tar.closeArchiveEntry();
    }

    private static void link(TarArchiveOutputStream tar, String name, String to) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
        entry.setLinkName(to);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    @Test
    void shouldUnpackAZip() throws Exception {
        zip("top.txt", "a/", "a/b/deep.txt");
        ArchiveUnpacker.unpack(archive, "x.ZIP", target);

        assertThat(target.resolve("top.txt")).hasContent("text");
        assertThat(target.resolve("a/b/deep.txt")).hasContent("text");
    }

    @Test
    void shouldUnpackATarWithLinksAndRightsToRun() throws Exception {
        tar(true, tar -> {
            file(tar, "bin/run", 0755);
            file(tar, "lib/data", 0644);
            link(tar, "bin/data", "../lib/data");
        });
        ArchiveUnpacker.unpack(archive, "x.tar.gz", target);

        assertThat(target.resolve("bin/run")).isExecutable();
        assertThat(Files.isExecutable(target.resolve("lib/data"))).isFalse();
        assertThat(target.resolve("bin/data")).hasContent("text");
    }

    @Test
    void shouldRefuseEntriesThatLeaveTheDirectory() throws Exception {
        for (String name : new String[] {"../outside", "a/../../outside", outside.toString()}) {
            zip(name);
            assertThatThrownBy(() -> ArchiveUnpacker.unpack(archive, "x.jar", target))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("leads out of the archive's directory");
        }
        tar(false, tar -> file(tar, "../outside", 0644));
        assertThatThrownBy(() -> ArchiveUnpacker.unpack(archive, "x.tar", target))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("leads out");
        assertThat(outside).doesNotExist();
    }

    @Test
    void shouldRefuseLinksThatLeaveTheDirectory() throws Exception {
        for (String to : new String[] {"..", "/etc", "a/../../outside", "link-to-here/../outside"}) {
            tar(false, tar -> link(tar, "way-out", to));
            assertThatThrownBy(() -> ArchiveUnpacker.unpack(archive, "x.tar", target))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("leads out");
        }
    }

    @Test
    void shouldNotWriteThroughALink() throws Exception {
        Files.writeString(outside, "precious");
        Files.createSymbolicLink(target.resolve("link"), outside);
        tar(false, tar -> file(tar, "link", 0644));
        ArchiveUnpacker.unpack(archive, "x.tar", target);

        assertThat(outside).hasContent("precious");
        assertThat(target.resolve("link")).hasContent("text");
    }

    @Test
    void shouldRefuseWhatIsNoArchive() throws Exception {
        Files.write(archive, TEXT);
        for (String name : new String[] {"x.zip", "x.tgz"}) {
            assertThatThrownBy(() -> ArchiveUnpacker.unpack(archive, name, target))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldUnpackSomeOfAJar() throws IOException {
        zip("lib/", "lib/a.jar", "other/b");
        ArchiveUnpacker.unpackSome(archive, new NamePattern("lib/.*"), target);
        assertThat(target.resolve("lib/a.jar")).hasContent("text");
        assertThat(target.resolve("other")).doesNotExist();
    }

    @Test
    void shouldRefuseAJarOfWhichSomeLeadsOut() throws IOException {
        zip("lib/../../outside");
        assertThatThrownBy(() -> ArchiveUnpacker.unpackSome(archive, new NamePattern(""), target))
                .hasMessageContaining("leads out of the archive's directory");
        assertThat(outside).doesNotExist();
    }
}
