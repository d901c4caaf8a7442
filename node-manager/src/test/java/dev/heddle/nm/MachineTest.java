package dev.heddle.nm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MachineTest {
    /** Two sockets of two cores each, each core with two hardware threads. */
    private static String twoSockets() {
        StringBuilder text = new StringBuilder();
        for (int thread = 0; thread < 8; thread++) {
            text.append("processor\t: ").append(thread).append('\n');
            text.append("model name\t: some: processor\n");
            text.append("physical id\t: ").append(thread % 2).append('\n');
            text.append("core id\t\t: ").append(thread / 2 % 2).append("\n\n");
        }
        return text.toString();
    }

    @Test
    void shouldTellCoresFromHardwareThreads() {
        assertThat(Machine.of(1024, 8, twoSockets())).isEqualTo(new Machine(1024, 8, 4));
    }

    @Test
    void shouldNotCountCoresThatItMayNotUse() {
        assertThat(Machine.of(1024, 3, twoSockets())).isEqualTo(new Machine(1024, 3, 3));
    }

    @Test
    void shouldTakeEachThreadForACoreWhereNobodySays() {
        assertThat(Machine.of(1024, 8, "processor : 0\n\nprocessor : 1\n")).isEqualTo(new Machine(1024, 8, 8));
    }

    @Test
    void shouldKnowThisMachine() {
        Machine machine = Machine.detect();

        assertThat(machine.memoryMb())
                .isGreaterThanOrEqualTo(Runtime.getRuntime().maxMemory() >> 20);
        assertThat(machine.processors()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(machine.cores()).isBetween(1, machine.processors());
    }
}
