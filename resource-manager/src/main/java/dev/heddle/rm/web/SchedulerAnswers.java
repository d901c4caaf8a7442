package dev.heddle.rm.web;

import dev.heddle.common.resources.FurtherKinds;
import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.CoreCommand;
import dev.heddle.rm.lead.LeadingCluster;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.scheduler.explain.Waiting;
import dev.heddle.rm.scheduler.preemption.Loss;
import dev.heddle.rm.scheduler.preemption.PreemptionPlan;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What the scheduler says for itself, as JSON: {@code /api/v1/applications/ID/reasons}, what an application waits for, and
 * {@code /api/v1/preemption}, which containers would be taken from whom, without taking any.
 */
final class SchedulerAnswers {
    /** The plan that is being made: whoever asks meanwhile gets the same, so that questions do not hold up the core. */
    private final AtomicReference<CompletionStage<PreemptionPlan>> pending = new AtomicReference<>();

    CompletionStage<JsonObject> reasons(LeadingCluster cluster, ApplicationId application) {
        return cluster.loop().submit(new CoreCommand.Explain(application)).thenApply(waiting -> new JsonObject()
                .put("application", application.toString())
                .put("reasons", reasons(waiting)));
    }

    private static JsonArray reasons(List<Waiting> all) {
        JsonArray reasons = new JsonArray();
        for (Waiting waiting : all) {
            reasons.add(new JsonObject()
                    .put("count", waiting.count())
                    .put("size", resource(waiting.size()))
                    .put("since", Instant.ofEpochMilli(waiting.sinceMs()).toString())
                    .put("reason", waiting.obstacle().what())
                    .put("remedy", waiting.obstacle().remedy()));
        }
        return reasons;
    }

    CompletionStage<JsonObject> preemption(LeadingCluster cluster) {
        CompletionStage<PreemptionPlan> plan = pending.get();
        if (plan == null) {
            CompletionStage<PreemptionPlan> made = cluster.loop().submit(new CoreCommand.PlanPreemption());
            pending.set(made);
            plan = made.whenComplete((done, failure) -> pending.compareAndSet(made, null));
        }
        return plan.thenApply(SchedulerAnswers::losses);
    }

    private static JsonObject losses(PreemptionPlan plan) {
        JsonArray losses = new JsonArray();
        for (Loss loss : plan.losses()) {
            losses.add(new JsonObject()
                    .put("container", loss.container().toString())
                    .put("node", loss.node().toString())
                    .put("size", resource(loss.resource()))
                    .put("master", loss.master())
                    .put("queue", loss.queue())
                    .put("forApplication", loss.claim().application().toString())
                    .put("forQueue", loss.claim().queue())
                    .put("reason", loss.claim().why()));
        }
        return new JsonObject().put("losses", losses);
    }

    private static JsonObject resource(Resource resource) {
        JsonObject amounts =
                new JsonObject().put("memoryMb", resource.memoryMb()).put("vcores", resource.vcores());
        FurtherKinds further = resource.further();
        for (int i = 0; i < further.size(); i++) {
            amounts.put(further.kind(i).name(), further.amount(i));
        }
        return amounts;
    }
}
