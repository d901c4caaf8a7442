package dev.heddle.nm.contract;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/**
 * Runs each {@link ContractTest} on either node manager. Both are started when first wanted and serve all the test classes
 * of a run; a test's application and its containers go with its {@link Stage}.
 */
final class BothNodeManagers implements TestTemplateInvocationContextProvider {
    private static final Namespace NAMESPACE = Namespace.create(BothNodeManagers.class);

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        return Stream.of(Side.Kind.values()).map(OnOne::new);
    }

    private record OnOne(Side.Kind kind) implements TestTemplateInvocationContext, ParameterResolver {
        @Override
        public String getDisplayName(int invocationIndex) {
            return kind.toString();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(this);
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Stage.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            Side side = context.getRoot()
                    .getStore(NAMESPACE)
                    .getOrComputeIfAbsent(kind, key -> Side.start(key), Side.class);
            // The store closes the stage when the test has ended.
            return context.getStore(NAMESPACE).getOrComputeIfAbsent(Stage.class, any -> new Stage(side), Stage.class);
        }
    }
}
