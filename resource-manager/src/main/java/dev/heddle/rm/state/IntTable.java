package dev.heddle.rm.state;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Small marks by numbers that are not negative, in open addressing: 7 to 13 bytes for each, where a map of objects takes 40
 * and more. Walked in an order that depends on what was put in and taken out alone.
 */
final class IntTable {
    /** The mark of a number that is not here. */
    static final byte ABSENT = -1;

    private static final int SMALLEST = 4;
    private static final int FREE = -1;

    /** Spreads numbers that follow each other: 2^32 divided by the golden ratio. */
    private static final int SPREAD = 0x9E3779B9;

    private int[] numbers = {};
    private byte[] marks = {};
    private int size;

    int size() {
        return size;
    }

    boolean has(int number) {
        return get(number) != ABSENT;
    }

    /** The number's mark, or {@link #ABSENT}. */
    byte get(int number) {
        if (size == 0) {
            return ABSENT;
        }
        int place = place(number);
        return numbers[place] == number ? marks[place] : ABSENT;
    }

    /** Gives a number a mark, which is not negative. Returns the mark that it had, or {@link #ABSENT}. */
    byte put(int number, byte mark) {
        if (number < 0 || mark < 0) {
            throw new IllegalArgumentException(number + " cannot be marked with " + mark);
        }
        if ((size + 1) * 4 > numbers.length * 3) {
            grow();
        }
        int place = place(number);
        boolean known = numbers[place] == number;
        byte before = known ? marks[place] : ABSENT;
        numbers[place] = number;
        marks[place] = mark;
        size += known ? 0 : 1;
        return before;
    }

    /** Returns the mark that the number had, or {@link #ABSENT}. */
    byte remove(int number) {
        byte before = get(number);
        if (before == ABSENT) {
            return before;
        }
        size--;
        int hole = place(number);
        numbers[hole] = FREE;
        // What follows may have had to step aside: it moves back, so that it is found.
        for (int next = following(hole); numbers[next] != FREE; next = following(next)) {
            int moved = numbers[next];
            numbers[next] = FREE;
            int place = place(moved);
            numbers[place] = moved;
            marks[place] = marks[next];
        }
        return before;
    }

    void clear() {
        numbers = new int[0];
        marks = new byte[0];
        size = 0;
    }

    void forEach(IntConsumer action) {
        for (int number : numbers) {
            if (number != FREE) {
                action.accept(number);
            }
        }
    }

    /** Where the number is, or else where it would go. */
    private int place(int number) {
        int place = (number * SPREAD) >>> (Integer.numberOfLeadingZeros(numbers.length) + 1);
        while (numbers[place] != number && numbers[place] != FREE) {
            place = following(place);
        }
        return place;
    }

    private int following(int place) {
        return (place + 1) & (numbers.length - 1);
    }

    private void grow() {
        int[] formerNumbers = numbers;
        byte[] formerMarks = marks;
        int length = Math.max(SMALLEST, formerNumbers.length * 2);
        numbers = new int[length];
        Arrays.fill(numbers, FREE);
        marks = new byte[length];
        for (int i = 0; i < formerNumbers.length; i++) {
            if (formerNumbers[i] != FREE) {
                int place = place(formerNumbers[i]);
                numbers[place] = formerNumbers[i];
                marks[place] = formerMarks[i];
            }
        }
    }
}
