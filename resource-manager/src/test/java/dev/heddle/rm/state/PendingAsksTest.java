package dev.heddle.rm.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Against the simplest thing that could keep count: a map from key and place to a number. */
class PendingAsksTest {
    private static final int STEPS = 80;
    private static final List<String> PLACES = List.of("h1", "h2", "/r1", "/r2", Ask.ANYWHERE);

    private record Row(AskKey key, String place) {}

    @Property(tries = 300)
    void shouldWantWhatTheModelWants(@ForAll long seed) {
        Random random = new Random(seed);
        PendingAsks asks = new PendingAsks();
        Map<Row, Integer> model = new HashMap<>();
        for (int step = 0; step < STEPS; step++) {
            AskKey key = new AskKey(random.nextInt(3), random.nextInt(2));
            if (random.nextInt(3) > 0) {
                String place = PLACES.get(random.nextInt(PLACES.size()));
                int count = random.nextInt(4);
                asks.replace(new Ask(key, place, new Resource(100, 1), count, true));
                put(model, new Row(key, place), count);
            } else if (model.containsKey(new Row(key, Ask.ANYWHERE))) {
                String host = "h" + (1 + random.nextInt(2));
                String rack = "/r" + (1 + random.nextInt(2));
                asks.granted(key, host, rack);
                grant(model, key, host, rack);
            }
            check(asks, model);
        }
        asks.clear();
        assertThat(asks.isEmpty()).isTrue();
    }

    private static void put(Map<Row, Integer> model, Row row, int count) {
        if (count == 0) {
            model.remove(row);
        } else {
            model.put(row, count);
        }
    }

    private static void grant(Map<Row, Integer> model, AskKey key, String host, String rack) {
        for (String place : List.of(host, rack, Ask.ANYWHERE)) {
            Row row = new Row(key, place);
            Integer count = model.get(row);
            if (count != null) {
                put(model, row, count - 1);
            }
        }
        if (!model.containsKey(new Row(key, Ask.ANYWHERE))) {
            model.keySet().removeIf(row -> row.key().equals(key));
        }
    }

    private static void check(PendingAsks asks, Map<Row, Integer> model) {
        Map<Row, Integer> rows = new HashMap<>();
        List<AskKey> keys = new ArrayList<>(asks.keys());
        assertThat(keys).as("in the order of service").isSorted();
        for (AskKey key : keys) {
            for (Ask ask : asks.rows(key)) {
                rows.put(new Row(key, ask.place()), ask.count());
            }
        }
        assertThat(rows).isEqualTo(model);
        TreeSet<AskKey> expected = new TreeSet<>();
        model.keySet().forEach(row -> expected.add(row.key()));
        assertThat(keys).containsExactlyElementsOf(expected);
        assertThat(asks.isEmpty()).isEqualTo(model.isEmpty());
        int wanted = model.entrySet().stream()
                .filter(entry -> entry.getKey().place().equals(Ask.ANYWHERE))
                .mapToInt(Map.Entry::getValue)
                .sum();
        assertThat(asks.total()).isEqualTo(new Resource(100L * wanted, wanted));
    }
}
