# frozen_string_literal: true

# Event steps of the conformance suite. Every language has the same ones, with the same ids.

require 'motia'

event id: 'echo' do |payload|
  payload
end

event id: 'typed', schema: { userId: String, actions: Array, metadata: Hash }, topics: ['user.changed'],
      retries: 5 do |userId:, actions:, metadata:|
  { userId: userId, actions: actions.size, metadata: metadata }
end

event id: 'defaults', schema: { name: String, size: { type: 'integer', default: 3 } } do |name:, size:|
  { name: name, size: size }
end

event id: 'plain' do |payload|
  return payload
end

event id: 'fails' do
  raise ArgumentError, 'on purpose'
end

event id: 'fatal' do
  raise Fatal, 'never again'
end

event id: 'retry-after' do
  raise RetryAfter.new(1.5, 'later')
end

event id: 'http-error' do
  raise HttpError.new(418, 'teapot', { hint: 'tea' })
end

event id: 'waits' do
  logger.info('entered')
  sleep(3600)
end

event id: 'waits-plain' do |ctx:|
  logger.info('entered')
  ctx.signal.wait(3600)
  ctx.signal.raise_if_set
end

event id: 'stubborn' do
  logger.info('entered')
  begin
    sleep(3600)
  rescue Motia::Cancelled
    { finished: true }
  end
end

event id: 'stalls', schema: { ms: Integer } do |ms:|
  sleep(ms / 1000.0)
  true
end

event id: 'loops' do
  logger.info('entered')
  nil while true
end

event id: 'triggers', schema: { target: String, value: Integer } do |target:, value:|
  receipt = trigger(target, { value: value }, key: 'k', delay: 2)
  { runId: receipt.run_id }
end

event id: 'triggers-plain', schema: { target: String } do |target:|
  { runId: trigger(target, a: 1).run_id }
end

event id: 'triggers-and-leaves', schema: { target: String } do |target:|
  background { trigger(target) }
  'left'
end

event id: 'triggers-many', schema: { count: Integer } do |count:|
  Array.new(count) { |number| background { trigger('x', number: number) } }.each(&:value)
  count
end

event id: 'calls', schema: { target: String } do |target:|
  call(target, { a: 1 }, timeout: 7)
end

event id: 'logs' do
  logger.debug('one', { n: 1 })
  logger.info('two', size: 2)
  logger.warn('three')
  logger.error('four')
  puts 'printed'
end

event id: 'context' do |ctx:|
  {
    runId: ctx.run_id,
    traceId: ctx.trace_id,
    stepId: ctx.step_id,
    attempt: ctx.attempt,
    retryCount: ctx.retry_count,
    kind: ctx.trigger.kind,
    target: ctx.trigger.details['target']
  }
end

event id: 'big', schema: { bytes: Integer } do |bytes:|
  'x' * bytes
end

event id: 'loud', schema: { bytes: Integer } do |bytes:|
  logger.info('y' * bytes)
end

def sink(depth)
  raise 'z' * 3000 if depth.zero?

  sink(depth - 1)
end

event id: 'deep' do
  sink(60)
end
