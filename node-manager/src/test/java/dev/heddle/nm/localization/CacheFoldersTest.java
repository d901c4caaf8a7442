package dev.heddle.nm.localization;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CacheFoldersTest {
    private static final Path CACHE = Path.of("cache");

    private static List<String> fill(CacheFolders folders, int copies) {
        List<String> filled = new ArrayList<>();
        for (int i = 0; i < copies; i++) {
            filled.add(CACHE.relativize(folders.add(CACHE)).toString());
        }
        return filled;
    }

    @Test
    void shouldFillOneFolderAfterTheOther() {
        CacheFolders folders = new CacheFolders(CacheFolders.FANOUT + 2);
        assertThat(fill(folders, 6)).containsExactly("", "", "0", "0", "1", "1");
        assertThat(folders.add(Path.of("another"))).isEqualTo(Path.of("another"));
    }

    @Test
    void shouldNameFoldersAsYarnDoes() {
        CacheFolders folders = new CacheFolders(CacheFolders.FANOUT + 1);
        List<String> names = fill(folders, 1 + 36 + 36 * 36 + 1);
        assertThat(names).doesNotHaveDuplicates();
        assertThat(names.subList(0, 3)).containsExactly("", "0", "1");
        assertThat(names.subList(36, 39)).containsExactly("z", "0/0", "0/1");
        assertThat(names.get(names.size() - 2)).isEqualTo("z/z");
        assertThat(names.get(names.size() - 1)).isEqualTo("0/0/0");
    }

    @Test
    void shouldUseRoomThatBecomesFree() {
        CacheFolders folders = new CacheFolders(CacheFolders.FANOUT + 1);
        fill(folders, 4);
        folders.remove(CACHE.resolve("0"));
        assertThat(fill(folders, 2)).containsExactly("0", "3");
    }

    @Test
    void shouldCountWhatIsThereAlready() {
        CacheFolders folders = new CacheFolders(CacheFolders.FANOUT + 1);
        folders.count(CACHE);
        folders.count(CACHE.resolve("1"));
        assertThat(fill(folders, 2)).containsExactly("0", "2");
    }
}
