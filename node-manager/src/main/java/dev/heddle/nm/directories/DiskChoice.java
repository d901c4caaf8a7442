package dev.heddle.nm.directories;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Which disk something new goes to: a good one, by chance in proportion to the room that it has. */
final class DiskChoice {
    private DiskChoice() {}

    /** Empty where no disk is good. */
    static Optional<Disk> choose(List<Disk> disks, RandomGenerator random) {
        List<Disk> good = disks.stream().filter(Disk::isGood).toList();
        long room = good.stream().mapToLong(Disk::freeBytes).sum();
        if (room <= 0) {
            return good.isEmpty() ? Optional.empty() : Optional.of(good.get(random.nextInt(good.size())));
        }
        long position = random.nextLong(room);
        for (Disk disk : good) {
            position -= disk.freeBytes();
            if (position < 0) {
                return Optional.of(disk);
            }
        }
        throw new IllegalStateException("the room of all disks is the sum of that of each");
    }
}
