package dev.heddle.rm.queues;

import dev.heddle.rm.scheduler.queue.config.QueueFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Files that are mostly right, with a mistake here and there. */
final class RandomQueues {
    private static final int DEPTH = 3;
    private static final int CHILDREN = 3;

    private enum Form {
        PERCENT,
        WEIGHT,
        AMOUNT
    }

    private final Random random;
    private final QueueFile file = QueueFile.of();

    private RandomQueues(Random random) {
        this.random = random;
    }

    static QueueFile file(Random random) {
        RandomQueues queues = new RandomQueues(random);
        queues.below("root", 0, Form.values()[random.nextInt(3)], 1 << 20);
        queues.some("maximum-am-resource-percent=0.3", "minimum-user-limit-percent=50", "user-limit-factor=3");
        queues.some("max-parallel-apps=5", "yarn.resourcemanager.scheduler.monitor.enable=true");
        return queues.file;
    }

    private void some(String... lines) {
        for (String line : lines) {
            if (random.nextInt(4) == 0) {
                file.and(line);
            }
        }
    }

    /** Percentages below weights, and the other way round, are possible; amounts go with amounts alone. */
    private Form formBelow(Form form) {
        if (random.nextInt(20) == 0) {
            return Form.values()[random.nextInt(3)];
        }
        return form == Form.AMOUNT ? form : random.nextBoolean() ? Form.PERCENT : Form.WEIGHT;
    }

    private void below(String path, int depth, Form form, int memoryMb) {
        int count = 1 + random.nextInt(CHILDREN);
        List<String> names = new ArrayList<>();
        int percentLeft = random.nextInt(20) == 0 ? 90 : 100;
        for (int i = 0; i < count; i++) {
            String name = "q" + i;
            names.add(name);
            String child = path + "." + name;
            int percent = i == count - 1 ? percentLeft : random.nextInt(percentLeft + 1);
            percentLeft -= percent;
            int ofMemoryMb = Math.max(1, memoryMb / count + (random.nextInt(30) == 0 ? memoryMb : 0));
            file.and(child + ".capacity="
                    + switch (form) {
                        case PERCENT -> String.valueOf(percent);
                        case WEIGHT -> random.nextInt(5) + "w";
                        case AMOUNT -> "[memory=" + ofMemoryMb + ",vcores=" + random.nextInt(9) + "]";
                    });
            if (form != Form.AMOUNT && random.nextInt(3) == 0) {
                file.and(child + ".maximum-capacity=" + (1 + random.nextInt(100)));
            }
            details(child);
            if (depth + 1 < DEPTH && random.nextInt(2) == 0) {
                below(child, depth + 1, formBelow(form), ofMemoryMb);
            }
        }
        file.and(path + ".queues=" + String.join(",", names));
        some(path + ".allow-zero-capacity-sum=true");
    }

    private void details(String queue) {
        if (random.nextInt(8) == 0) {
            file.and(queue + ".state=" + (random.nextBoolean() ? "RUNNING" : "STOPPED"));
        }
        if (random.nextInt(6) == 0) {
            file.and(queue + ".maximum-application-lifetime=" + (random.nextInt(5) - 1));
        }
        if (random.nextInt(12) == 0) {
            file.and(queue + ".default-application-lifetime=" + (random.nextInt(5) - 1));
        }
        if (random.nextInt(6) == 0) {
            file.and(queue + ".maximum-allocation-mb=" + 1024 * (1 + random.nextInt(8)));
        }
        if (random.nextInt(6) == 0) {
            file.and(queue + ".priority=" + random.nextInt(4));
        }
        if (random.nextInt(10) == 0) {
            file.and(queue + ".user-settings.ann.weight=" + (random.nextBoolean() ? "1" : "2"));
        }
        if (random.nextInt(4) == 0) {
            file.and(queue + ".disable_preemption=" + random.nextBoolean());
        }
        if (random.nextInt(6) == 0) {
            file.and(queue + ".user-limit-factor=" + random.nextInt(4));
        }
    }
}
