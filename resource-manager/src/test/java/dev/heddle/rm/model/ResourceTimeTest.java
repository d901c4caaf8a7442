package dev.heddle.rm.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.resources.Resource;
import org.junit.jupiter.api.Test;

class ResourceTimeTest {
    @Test
    void shouldAddUpWhatIsHeldForAsLongAsItIsHeld() {
        long startMs = 1_700_000_000_000L;
        ResourceTime usage = ResourceTime.from(startMs)
                .take(new Resource(1_000, 2), startMs + 1_000)
                .take(new Resource(500, 1), startMs + 2_000);
        assertThat(usage.memoryMbSeconds(startMs + 4_000)).isEqualTo(3_000 + 1_000);
        assertThat(usage.vcoreSeconds(startMs + 4_000)).isEqualTo(6 + 2);
        ResourceTime ended =
                usage.giveBack(new Resource(1_000, 2), startMs + 4_000).giveBack(new Resource(500, 1), startMs + 5_000);
        assertThat(ended.held()).isEqualTo(Resource.NONE);
        assertThat(ended.memoryMbSeconds(startMs + 900_000)).isEqualTo(3_000 + 1_500);
        assertThat(ended.vcoreSeconds(startMs + 900_000)).isEqualTo(6 + 3);
    }
}
