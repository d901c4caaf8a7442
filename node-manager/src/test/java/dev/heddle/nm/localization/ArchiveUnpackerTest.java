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

    private void unpack(String name) throws IOException {
        unpack(name, new UnpackLimits(1_000_000, 100));
    }

    private void unpack(String name, UnpackLimits limits) throws IOException {
        ArchiveUnpacker.unpack(archive, name, target, new Transfer(limits));
    }

    private static Transfer transfer() {
        return new Transfer(new UnpackLimits(1_000_000, 100));
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
        unpack("x.ZIP");

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
        unpack("x.tar.gz");

        assertThat(target.resolve("bin/run")).isExecutable();
        assertThat(Files.isExecutable(target.resolve("lib/data"))).isFalse();
        assertThat(target.resolve("bin/data")).hasContent("text");
    }

    @Test
    void shouldRefuseEntriesThatLeaveTheDirectory() throws Exception {
        for (String name : new String[] {"../outside", "a/../../outside", outside.toString()}) {
            zip(name);
            assertThatThrownBy(() -> unpack("x.jar"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("leads out of the archive's directory");
        }
        tar(false, tar -> file(tar, "../outside", 0644));
        assertThatThrownBy(() -> unpack("x.tar"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("leads out");
        assertThat(outside).doesNotExist();
    }

    @Test
    void shouldRefuseLinksThatLeaveTheDirectory() throws Exception {
        for (String to : new String[] {"..", "/etc", "a/../../outside", "link-to-here/../outside"}) {
            tar(false, tar -> link(tar, "way-out", to));
            assertThatThrownBy(() -> unpack("x.tar"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("leads out");
        }
    }

    @Test
    void shouldNotWriteThroughALink() throws Exception {
        Files.writeString(outside, "precious");
        Files.createSymbolicLink(target.resolve("link"), outside);
        tar(false, tar -> file(tar, "link", 0644));
        unpack("x.tar");

        assertThat(outside).hasContent("precious");
        assertThat(target.resolve("link")).hasContent("text");
    }

    @Test
    void shouldRefuseWhatIsNoArchive() throws Exception {
        Files.write(archive, TEXT);
        for (String name : new String[] {"x.zip", "x.tgz"}) {
            assertThatThrownBy(() -> unpack(name)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldStopAtAnArchiveThatBecomesTooMuch() throws IOException {
        byte[] zeros = new byte[100_000];
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(archive))) {
            for (int i = 0; i < 30; i++) {
                out.putNextEntry(new ZipEntry("zeros" + i));
                out.write(zeros);
                out.closeEntry();
            }
        }
        assertThat(Files.size(archive)).isLessThan(10_000);
        assertThatThrownBy(() -> unpack("x.zip", new UnpackLimits(2 << 20, 100)))
                .hasMessageContaining("becomes more than 2 MB")
                .hasMessageContaining("heddle.nodemanager.localizer.max-unpacked-size-mb");
        assertThat(target.resolve("zeros29")).doesNotExist();
    }

    @Test
    void shouldStopAtAnArchiveOfTooManyFiles() throws IOException {
        zip("a", "b/", "c", "d");
        assertThatThrownBy(() -> unpack("x.zip", new UnpackLimits(1_000, 3)))
                .hasMessageContaining("more than 3 files")
                .hasMessageContaining("heddle.nodemanager.localizer.max-archive-entries");
    }

    @Test
    void shouldRefuseDevicesAndPipes() throws IOException {
        for (byte kind : new byte[] {TarConstants.LF_CHR, TarConstants.LF_BLK, TarConstants.LF_FIFO}) {
            tar(false, tar -> {
                tar.putArchiveEntry(new TarArchiveEntry("special", kind));
                tar.closeArchiveEntry();
            });
            assertThatThrownBy(() -> unpack("x.tar")).hasMessageContaining("'special' is a device or a pipe");
        }
        assertThat(target).isEmptyDirectory();
    }

    @Test
    void shouldUnpackSomeOfAJar() throws IOException {
        zip("lib/", "lib/a.jar", "other/b");
        ArchiveUnpacker.unpackSome(archive, new NamePattern("lib/.*"), target, transfer());
        assertThat(target.resolve("lib/a.jar")).hasContent("text");
        assertThat(target.resolve("other")).doesNotExist();
    }

    @Test
    void shouldRefuseAJarOfWhichSomeLeadsOut() throws IOException {
        zip("lib/../../outside");
        assertThatThrownBy(() -> ArchiveUnpacker.unpackSome(archive, new NamePattern(""), target, transfer()))
                .hasMessageContaining("leads out of the archive's directory");
        assertThat(outside).doesNotExist();
    }
}
