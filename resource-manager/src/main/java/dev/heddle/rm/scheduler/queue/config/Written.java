package dev.heddle.rm.scheduler.queue.config;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.scheduler.queue.Capacity;

/**
 * A capacity as it is written.
 *
 * @param value of a percentage or a weight
 * @param amount of an amount; nothing where it names no memory, as in YARN
 */
record Written(Form form, double value, Resource amount) {
    /** How it is written. */
    enum Form {
        UNSET,
        /** In no way that is known, which has been told. */
        UNREADABLE,
        PERCENT,
        WEIGHT,
        AMOUNT
    }

    static final Written UNREADABLE = new Written(Form.UNREADABLE, 0, Resource.NONE);

    static Written unset(double percent) {
        return new Written(Form.UNSET, percent, Resource.NONE);
    }

    static Written percent(double value) {
        return new Written(Form.PERCENT, value, Resource.NONE);
    }

    static Written weight(double value) {
        return new Written(Form.WEIGHT, value, Resource.NONE);
    }

    static Written amount(Resource amount) {
        return new Written(Form.AMOUNT, 0, amount);
    }

    boolean isAmount() {
        return form == Form.AMOUNT;
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
            case UNREADABLE, WEIGHT, AMOUNT -> 0;
        };
    }

    Capacity capacity() {
        return switch (form) {
            case UNSET, UNREADABLE, PERCENT -> new Capacity.Percent(value);
            case WEIGHT -> new Capacity.Weight(value);
            case AMOUNT -> new Capacity.Absolute(amount);
        };
    }
}
