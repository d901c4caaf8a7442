package dev.heddle.nm.localization;

import java.io.IOException;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression that an application has written, for the names in a jar. It gets a bounded number of steps for each
 * name: there are expressions that would need more than anyone has time for.
 */
final class NamePattern {
    private static final int MAX_STEPS = 1_000_000;

    private final Pattern pattern;

    /**
     * @param expression empty for every name
     * @throws IOException if it is no regular expression
     */
    NamePattern(String expression) throws IOException {
        try {
            this.pattern = Pattern.compile(expression.isEmpty() ? ".*" : expression);
        } catch (PatternSyntaxException e) {
            throw new IOException("its pattern is no regular expression: " + e.getMessage(), e);
        }
    }

    /** @throws IOException if that takes too many steps */
    boolean matches(String name) throws IOException {
        try {
            return pattern.matcher(new CountedText(name, new Steps())).matches();
        } catch (OutOfSteps | StackOverflowError e) {
            throw new IOException("its pattern " + pattern + " takes too long to be compared with " + name, e);
        }
    }

    private static final class OutOfSteps extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** How many steps have been taken. */
    private static final class Steps {
        private int taken;

        void take() {
            if (++taken > MAX_STEPS) {
                throw new OutOfSteps();
            }
        }
    }

    /** Text of which characters can be read a limited number of times, whoever reads a part of it. */
    private record CountedText(CharSequence text, Steps steps) implements CharSequence {
        @Override
        public char charAt(int index) {
            steps.take();
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new CountedText(text.subSequence(start, end), steps);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
