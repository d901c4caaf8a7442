package dev.heddle.rm.scheduler.queue.config;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKind;
import dev.heddle.rm.scheduler.queue.Capacity;
import java.util.Map;

/**
 * A capacity as it is written.
 *
 * @param value of a percentage or a weight
 * @param amount of an amount; nothing where it names no memory, as in YARN
 * @param parts of a vector, by kind
 */
record Written(Form form, double value, Resource amount, Map<ResourceKind, Capacity.Part> parts) {
    /** How it is written. */
    enum Form {
        UNSET,
        /** In no way that is known, which has been told. */
        UNREADABLE,
        PERCENT,
        WEIGHT,
        AMOUNT,
        /** Of each kind in another way. */
        VECTOR
    }

    static final Written UNREADABLE = new Written(Form.UNREADABLE, 0, Resource.NONE, Map.of());

    static Written unset(double percent) {
        return new Written(Form.UNSET, percent, Resource.NONE, Map.of());
    }

    static Written percent(double value) {
        return new Written(Form.PERCENT, value, Resource.NONE, Map.of());
    }

    static Written weight(double value) {
        return new Written(Form.WEIGHT, value, Resource.NONE, Map.of());
    }

    static Written amount(Resource amount) {
        return new Written(Form.AMOUNT, 0, amount, Map.of());
    }

    static Written vector(Map<ResourceKind, Capacity.Part> parts) {
        return new Written(Form.VECTOR, 0, Resource.NONE, parts);
    }

    boolean isAmount() {
        return form == Form.AMOUNT;
    }

    /** Whether some kind has a weight. */
    boolean hasWeight() {
        return isWeight() || parts.values().stream().anyMatch(part -> part.form() == Capacity.Form.WEIGHT);
    }

    boolean isVector() {
        return form == Form.VECTOR;
    }

    boolean isUnreadable() {
        return form == Form.UNREADABLE;
    }

    boolean isWeight() {
        return form == Form.WEIGHT;
    }

    /** The share of the parent in percent, 0 where it is not written as one. */
    double percent() {
        return switch (form) {
            case UNSET, PERCENT -> value;
            case UNREADABLE, WEIGHT, AMOUNT, VECTOR -> 0;
        };
    }

    Capacity capacity() {
        return switch (form) {
            case UNSET, UNREADABLE, PERCENT -> new Capacity.Percent(value);
            case WEIGHT -> new Capacity.Weight(value);
            case AMOUNT -> new Capacity.Absolute(amount);
            case VECTOR -> new Capacity.Vector(parts);
        };
    }
}
