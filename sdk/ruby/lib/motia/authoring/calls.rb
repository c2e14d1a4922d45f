# frozen_string_literal: true

# What a handler asks of the engine: `trigger` and `call`. Each returns when it is done.
#
# Invariants
# 1. What is not JSON, or larger than the limit, is refused before anything is sent.

require 'motia/authoring/encoding'
require 'motia/authoring/invocation'
require 'motia/authoring/options'

module Motia
  # What `trigger` returns: a Hash `{"runId", "traceId"}`, with `"deduplicated"` when the event was there
  # already, and `"state"` with `"result"` or `"error"` after `wait:`.
  class Receipt < Hash
    # The run that the event became.
    def run_id
      self['runId']
    end

    # The trace that it belongs to.
    def trace_id
      self['traceId']
    end

    # Whether the event was there already, so that nothing new was accepted.
    def deduplicated?
      self['deduplicated'] == true
    end
  end

  # `trigger` and `call` as functions.
  module Calls
    WAIT_S = 60
    NONE = Object.new.freeze
    private_constant :NONE
    EVENT_OPTIONS = %i[delay at key idempotency_key priority unique wait].freeze
    CALL_OPTIONS = %i[timeout key idempotency_key priority unique].freeze

    module_function

    # See Motia::Steps::Dsl#trigger.
    def trigger(target, payload = NONE, **options)
      what = "trigger(#{target.inspect})"
      payload, options = split(payload, options, EVENT_OPTIONS, what)
      value = send_event('trigger', target, payload, options, what)
      Receipt.new.update(value)
    end

    # See Motia::Steps::Dsl#call.
    def call(target, payload = NONE, **options)
      what = "call(#{target.inspect})"
      payload, options = split(payload, options, CALL_OPTIONS, what)
      send_event('call', target, payload, options, what)
    end

    # Carries out one call for the current invocation. `limited` is the part of it that the size limit is for.
    def ask(op, args, what:, limited: nil)
      invocation = Invocation.require_current(what)
      bytes_max = invocation.port.payload_bytes_max
      if limited && limited.bytesize > bytes_max
        raise PayloadTooLarge.new("the payload of #{what} is #{limited.bytesize} bytes of JSON; the limit is #{bytes_max}",
                                  hint: 'store what is large elsewhere and send a reference to it')
      end
      invocation.port.call(invocation, op, args)
    end

    # Keywords are the payload, unless there is a positional payload: then they are options.
    def split(payload, options, known, what)
      return [options, {}] if payload.equal?(NONE)

      unknown = options.keys.find { |name| !known.include?(name) }
      if unknown
        raise CallerError.new("#{what} has no option #{unknown.to_s.inspect}",
                              hint: Options.closest(unknown.to_s, known.map(&:to_s)))
      end
      [payload, options.compact]
    end
    private_class_method :split

    def send_event(op, target, payload, options, what)
      Invocation.require_current(what)
      unless target.is_a?(String) || target.is_a?(Symbol) and !target.empty?
        raise CallerError, "the target is the id of a step or a topic, not #{target.inspect}"
      end
      body = Json.encode(payload, what: "the payload of #{what}")
      given = read_options(options).merge(target: target.to_s)
      head = Json.encode(given, what: "the options of #{what}")
      ask(op, "#{head.chop},\"payload\":#{body}}", what: what, limited: body)
    end
    private_class_method :send_event

    def read_options(options)
      options.each_with_object({}) do |(name, value), given|
        case name
        when :delay, :timeout then given[:"#{name}_ms"] = milliseconds(value, name)
        when :at then given[:at] = instant(value)
        when :wait then given[:wait_ms] = milliseconds(value == true ? WAIT_S : value, :wait) if value
        else given[name] = value
        end
      end
    end
    private_class_method :read_options

    def milliseconds(value, name)
      Options.duration_ms(value, name.to_s, is_zero_allowed: true)
    rescue Options::Wrong => error
      raise CallerError.new(error.message, hint: error.hint)
    end
    private_class_method :milliseconds

    def instant(value)
      return (value.to_r * 1_000).round if value.is_a?(Time)
      return value if value.is_a?(Integer) && value >= 0
      return (value.to_time.to_r * 1_000).round if defined?(::DateTime) && value.is_a?(::DateTime)

      raise CallerError, "at is a Time or ms since the epoch, not #{value.inspect}"
    end
    private_class_method :instant
  end
end
