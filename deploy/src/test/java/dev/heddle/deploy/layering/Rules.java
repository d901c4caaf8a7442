package dev.heddle.deploy.layering;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import java.util.List;
import java.util.Set;

/** The rules of {@link LayeringTest}, each for any packages, so that they can be tried on code that breaks them. */
final class Rules {
    /** What reaches out of the process, or makes a run differ from its replay. */
    private static final String[] IMPURE = {
        "io.netty..",
        "io.vertx..",
        "com.google.protobuf..",
        "org.apache.hadoop..",
        "org.apache.zookeeper..",
        "org.apache.curator..",
        "java.io..",
        "java.nio.file..",
        "java.nio.channels..",
        "java.net..",
        "java.util.concurrent.locks..",
        "java.util.random.."
    };

    private static final Set<String> IMPURE_CLASSES = Set.of(
            "java.util.Random", "java.security.SecureRandom", "java.util.UUID", "java.util.Timer", "java.lang.Thread");

    /** Of {@code java.util.concurrent} only the types that carry an answer; java.io only where every class needs it. */
    private static final Set<String> HARMLESS =
            Set.of("java.io.Serializable", "java.io.ObjectStreamException", "java.io.UncheckedIOException");

    private static final Set<String> CLOCKS = Set.of("currentTimeMillis", "nanoTime", "now", "system");

    private static final List<String> CLOCK_OWNERS = List.of("java.lang.System", "java.time.");

    private Rules() {}

    /** Code that is a function of its inputs: no network, files, clocks, randomness, threads or locks. */
    static ArchRule pure(String... packages) {
        ArchRule noImpureTypes = noClasses()
                .that()
                .resideInAnyPackage(packages)
                .should()
                .dependOnClassesThat(resideInAnyPackage(IMPURE)
                        .or(describe(
                                "a source of randomness or a thread", type -> IMPURE_CLASSES.contains(type.getName())))
                        .and(describe("not harmless", type -> !HARMLESS.contains(type.getName()))));
        ArchRule noClocks = noClasses()
                .that()
                .resideInAnyPackage(packages)
                .should()
                .callMethodWhere(describe("the clock is read", Rules::readsClock));
        ArchRule noLocks = noMethods()
                .that()
                .areDeclaredInClassesThat()
                .resideInAnyPackage(packages)
                .should()
                .haveModifier(JavaModifier.SYNCHRONIZED);
        return CompositeArchRule.of(noImpureTypes).and(noClocks).and(noLocks);
    }

    private static boolean readsClock(JavaAccess<?> call) {
        String owner = call.getTargetOwner().getName();
        return CLOCKS.contains(call.getName()) && CLOCK_OWNERS.stream().anyMatch(owner::startsWith);
    }

    /** Classes of a package, and those below it, that use nothing of Heddle's but these packages and their own. */
    static ArchRule usesOnly(String part, String... parts) {
        String[] allowed = new String[parts.length + 1];
        allowed[0] = part;
        System.arraycopy(parts, 0, allowed, 1, parts.length);
        return classes()
                .that()
                .resideInAPackage(part)
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(allowed).or(describe("not Heddle's", type -> !type.getPackageName()
                                .startsWith("dev.heddle"))));
    }
}
