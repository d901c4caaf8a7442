package dev.heddle.rm.shares;

import dev.heddle.rm.contract.Lacking;
import dev.heddle.rm.contract.Side;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Runs each {@link SharesTest} on either scheduler, with a resource manager of its own each time. */
final class BothSchedulers implements TestTemplateInvocationContextProvider {
    private static final Namespace NAMESPACE = Namespace.create(BothSchedulers.class);

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        String lacking =
                context.getRequiredTestMethod().getAnnotation(SharesTest.class).heddleLacks();
        return Stream.of(Side.Kind.values()).map(kind -> new OnOne(kind, lacking));
    }

    private record OnOne(Side.Kind kind, String lacking) implements TestTemplateInvocationContext, ParameterResolver {
        @Override
        public String getDisplayName(int invocationIndex) {
            return kind.toString();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(this, new Lacking(kind, lacking));
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Scenario.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            ResourceManagers all = context.getRoot()
                    .getStore(NAMESPACE)
                    .getOrComputeIfAbsent(
                            ResourceManagers.class, any -> new ResourceManagers(), ResourceManagers.class);
            // The store closes the scenario when the test has ended.
            return context.getStore(NAMESPACE)
                    .getOrComputeIfAbsent(Scenario.class, any -> new Scenario(all, kind), Scenario.class);
        }
    }
}
