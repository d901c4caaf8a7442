package dev.heddle.rm.queues;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.rm.scheduler.queue.mapping.Applicant;
import dev.heddle.testbed.ChildProcess;
import dev.heddle.testbed.HadoopProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What Hadoop's capacity scheduler makes of configurations, all of them in one process of its own. */
final class HadoopsAnswers {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private HadoopsAnswers() {}

    /** A configuration, and applications to be placed with it. */
    record Question(Map<String, String> properties, List<Applicant> applicants) {}

    /**
     * An answer.
     *
     * @param refusal or empty
     * @param fields of each queue by path and name
     * @param placements of the applicants
     */
    record Answer(String refusal, Map<String, Map<String, String>> fields, List<String> placements) {
        boolean isRefused() {
            return !refusal.isEmpty();
        }
    }

    static List<Answer> to(List<Question> questions, Path directory) throws IOException {
        Path asked = directory.resolve("asked");
        Path answered = directory.resolve("answered");
        List<String> lines = new ArrayList<>();
        for (Question question : questions) {
            question.properties().forEach((key, value) -> lines.add(key + "=" + value));
            question.applicants()
                    .forEach(applicant -> lines.add("?" + applicant.user() + "|"
                            + String.join(",", applicant.groups()) + "|" + applicant.application() + "|"
                            + applicant.queue()));
            lines.add("--");
        }
        Files.write(asked, lines);
        try (ChildProcess process = ChildProcess.java(
                directory,
                "hadoop-queues",
                Map.of(),
                List.of("-Xmx512m"),
                HadoopProcess.classPath(),
                "dev.heddle.testbed.hadoop.HadoopQueues",
                asked.toString(),
                answered.toString())) {
            assertThat(process.awaitExit(LIMIT)).as(process.stderr()).isZero();
        }
        List<Answer> answers = new ArrayList<>();
        List<String> block = new ArrayList<>();
        for (String line : Files.readAllLines(answered)) {
            if (line.equals("--")) {
                answers.add(answer(block));
                block.clear();
            } else {
                block.add(line);
            }
        }
        assertThat(answers).hasSameSizeAs(questions);
        return answers;
    }

    private static Answer answer(List<String> block) {
        String refusal = "";
        Map<String, Map<String, String>> fields = new TreeMap<>();
        List<String> placements = new ArrayList<>();
        for (String line : block) {
            if (line.startsWith("refused ")) {
                refusal = line;
            } else if (line.startsWith("? ")) {
                placements.add(line.substring(2));
            } else if (!line.equals("accepted")) {
                String[] parts = line.split(" ", 3);
                fields.computeIfAbsent(parts[0], path -> new TreeMap<>()).put(parts[1], parts[2]);
            }
        }
        return new Answer(refusal, fields, placements);
    }
}
