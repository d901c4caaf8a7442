package dev.heddle.common.resources;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The kinds of resources that are declared beyond memory and cores: nearly always none. Immutable. */
public final class ResourceKinds {
    public static final ResourceKinds NONE = new ResourceKinds(List.of());

    private final List<Declared> further;

    /**
     * A kind with the bounds of a container.
     *
     * @param minimum amounts are rounded up to a multiple of it; 0 for none
     * @param maximum of one container
     */
    public record Declared(ResourceKind kind, long minimum, long maximum) {}

    /** Those kinds, each name once. */
    public ResourceKinds(List<Declared> further) {
        this.further =
                further.stream().sorted(Comparator.comparing(Declared::kind)).toList();
    }

    public boolean isEmpty() {
        return further.isEmpty();
    }

    /** In their order, without memory and cores. */
    public List<ResourceKind> further() {
        return further.stream().map(Declared::kind).toList();
    }

    /** A further kind by its name, or null where none of that name is declared. */
    public @Nullable ResourceKind find(String name) {
        for (Declared declared : further) {
            if (declared.kind().name().equals(name)) {
                return declared.kind();
            }
        }
        return null;
    }

    /** The smallest amounts of a container. */
    public FurtherKinds minimum() {
        return amounts(Declared::minimum);
    }

    /** The largest amounts of a container. */
    public FurtherKinds maximum() {
        return amounts(Declared::maximum);
    }

    private FurtherKinds amounts(ToLongFunction<Declared> amount) {
        Map<ResourceKind, Long> amounts = new HashMap<>();
        further.forEach(declared -> amounts.put(declared.kind(), amount.applyAsLong(declared)));
        return FurtherKinds.of(amounts);
    }
}
