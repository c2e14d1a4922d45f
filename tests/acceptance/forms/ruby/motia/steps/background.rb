# frozen_string_literal: true

# Event, cron and noop steps in every form of the contract.

require "motia"

STARTED = []

on_start { STARTED << "pool" }
on_stop { STARTED.clear }

event id: "resize-image", schema: { imageId: String, sizes: Array }, concurrency: 4 do |imageId:, sizes:|
  { resized: sizes.size }
end

cron(id: "nightly", schedule: "0 3 * * *", timezone: "Europe/Berlin") { |ctx:| { kind: ctx.trigger.kind } }

event id: "send-sms", schema: { phone: String, text: String } do |phone:, text:|
  logger.info("sending", phone: phone)
  trigger("sms-sent", phone: phone)
  { sent: true }
end

event id: "on-sms", topics: ["sms-sent"] do |payload|
  state.increment("sms", payload["phone"], 1)
end

noop(id: "approval", triggers: ["send-sms"], triggered_by: ["resize-image"], description: "a person says yes")

event(id: "whole") { |anything| anything }

event(id: "fatal") { raise Fatal, "never again" }

event id: "later" do |ctx:|
  raise RetryAfter.new(5, "not yet") if ctx.attempt == 1

  ctx.attempt
end

event id: "fails", retries: 1, backoff: { initial: 1, factor: 2, cap: 60, jitter: false } do
  raise ArgumentError, "on purpose"
end

event id: "fails-elsewhere", retries: 0, on_error: "own-error-step" do
  raise KeyError, "elsewhere"
end

event id: "handle-step-error" do |stepId:, error:, context:, retryCount:|
  logger.error("gave up", step: stepId)
  state.set("errors", stepId, { message: error["message"], context: context, count: retryCount })
  trigger(stepId, { **context, "__retry" => retryCount + 1 }, delay: 10) if retryCount < 2
end

event id: "own-error-step" do |stepId:, error:|
  state.set("errors", stepId, { name: error["name"] })
end

event id: "asks" do
  answer = call("resize-image", { imageId: "i", sizes: [1, 2] }, timeout: 5)
  begin
    motia.call("fatal")
  rescue StandardError => error
    { answer: answer, refused: error.class.name.split("::").last }
  end
end

event id: "uses-state" do |ctx:|
  state.set("g", "k", { n: 1 })
  ctx.state.update("g", "k") { |old| { **old, "n" => old["n"] + 1 } }
  state.update("g", "k", [{ op: "append", path: "list", value: "x" }])
  state.increment("g", "count", 2)
  value, version = state.get_versioned("g", "k")
  first = state.compare_and_set("g", "k", { n: 9 }, version: version)
  second = state.compare_and_set("g", "k", { n: 8 }, version: version)
  listed = state.list("g")
  gone = state.delete("g", "count")
  cleared = state.clear("g")
  {
    read: value,
    done: [first["done"], second["done"]],
    listed: listed,
    gone: gone,
    cleared: cleared,
    missing: state.get("g", "k")
  }
end

event id: "context" do |ctx:|
  receipt = ctx.motia.trigger("nobody-yet")
  puts "printed #{ctx.step_id}"
  ctx.logger.warn("careful", n: 1)
  {
    ids: [ctx.run_id.size, ctx.trace_id.size],
    same: receipt["traceId"] == ctx.trace_id,
    step: ctx.step_id,
    attempt: ctx.attempt,
    kind: ctx.trigger.kind,
    stopped: ctx.signal.set?,
    started: STARTED
  }
end

event id: "options" do
  first = trigger("whole", { n: 1 }, delay: 30, key: "k", idempotency_key: "once", priority: 5)
  second = trigger("whole", { n: 1 }, idempotency_key: "once")
  waited = trigger("resize-image", { imageId: "i", sizes: [] }, wait: 10)
  refused = begin
    trigger("resize-image", { imageId: 5 })
  rescue StandardError => error
    error.problems.map { |problem| problem["path"] }.sort
  end
  {
    same: first["runId"] == second["runId"],
    deduplicated: second["deduplicated"],
    state: waited["state"],
    result: waited["result"],
    refused: refused
  }
end

by_json_schema = { "type" => "object", "properties" => { "n" => { "type" => "integer", "default" => 3 } } }
event(id: "by-json-schema", schema: by_json_schema) { |n:| n }
