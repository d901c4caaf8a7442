package dev.heddle.rm.contract;

import java.lang.reflect.Method;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Where something is named that Heddle does not do yet, its test has to fail on Heddle, so that nobody forgets to take the
 * mark away, and is reported as skipped there.
 *
 * @param what is lacking; empty where nothing is
 */
public record Lacking(Side.Kind kind, String what) implements InvocationInterceptor {
    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        if (kind != Side.Kind.HEDDLE || what.isEmpty()) {
            invocation.proceed();
            return;
        }
        try {
            invocation.proceed();
        } catch (Exception | AssertionError e) {
            Assumptions.abort("Heddle lacks " + what + ": " + e);
        }
        throw new AssertionError("Heddle answers as Hadoop does: remove heddleLacks = \"" + what + "\"");
    }
}
