package dev.heddle.rm.contract;

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
 * Runs each {@link ContractTest} on either resource manager. Both are started when first wanted and serve all the test
 * classes of a run; a test's nodes and applications go with its {@link Stage}.
 */
final class BothResourceManagers implements TestTemplateInvocationContextProvider {
    private static final Namespace NAMESPACE = Namespace.create(BothResourceManagers.class);

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        ContractTest test = context.getRequiredTestMethod().getAnnotation(ContractTest.class);
        return Stream.of(Side.Kind.values())
                .map(kind ->
                        new OnOne(new Wanted(kind, test.constraintHandler(), test.furtherKinds()), test.heddleLacks()));
    }

    /** Which resource manager a test runs on. */
    private record Wanted(Side.Kind kind, String constraintHandler, boolean furtherKinds) {}

    private record OnOne(Wanted wanted, String lacking) implements TestTemplateInvocationContext, ParameterResolver {
        @Override
        public String getDisplayName(int invocationIndex) {
            return wanted.kind().toString();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(this, new Lacking(wanted.kind(), lacking));
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Stage.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            Side side = context.getRoot()
                    .getStore(NAMESPACE)
                    .getOrComputeIfAbsent(
                            wanted,
                            key -> Side.start(key.kind(), key.constraintHandler(), key.furtherKinds()),
                            Side.class);
            // The store closes the stage when the test has ended.
            return context.getStore(NAMESPACE).getOrComputeIfAbsent(Stage.class, any -> new Stage(side), Stage.class);
        }
    }
}
