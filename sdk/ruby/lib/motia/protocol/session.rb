# frozen_string_literal: true

# The worker's side of a session: what a message must hold, and which is allowed when.
#
# | from | to | message or event | when |
# |---|---|---|---|
# | connected | greeted | hello | the engine speaks version 1 |
# | greeted | loading | load | |
# | greeted | closed | drain | nothing was loaded |
# | loading | ready | `loaded` | the manifest is sent |
# | loading | draining | `loaded` | the manifest is sent and drain came meanwhile |
# | ready | draining | drain | |
# | draining | closed | `close` | everything in flight is answered |
# | any | closed | `close`, a protocol fault | |
#
# Invariants
# 1. A message that the state does not allow is a fault; nothing of it is carried out.
# 2. `closed` is final.

require 'motia/protocol/frames'

module Motia
  module Protocol
    VERSION = 1

    # Keeps the state of one connection.
    class Session
      ALLOWED = {
        connected: %w[hello],
        greeted: %w[load ping drain],
        loading: %w[ping drain],
        ready: %w[invoke cancel reply pull ping drain],
        draining: %w[cancel reply pull ping],
        closed: []
      }.freeze

      # Field to type; the first hash is required, the second may be left out.
      FIELDS = {
        'hello' => [{ 'protocol' => Integer, 'engine' => String, 'worker' => String },
                    { 'environment' => String, 'payload_bytes_max' => Integer, 'log_bytes_max' => Integer,
                      'stack_bytes_max' => Integer, 'calls_max' => Integer, 'stall_ms' => Integer,
                      'threads' => Integer }],
        'load' => [{ 'root' => String, 'files' => Array }, {}],
        'invoke' => [{ 'invocation' => Integer, 'step' => String, 'kind' => String, 'trace' => String,
                       'span' => String },
                     { 'run' => String, 'attempt' => Integer, 'retry_count' => Integer, 'trigger' => Hash,
                       'request' => Hash }],
        'cancel' => [{ 'invocation' => Integer, 'reason' => String }, {}],
        'reply' => [{ 'call' => Integer }, { 'error' => Hash }],
        'pull' => [{ 'invocation' => Integer, 'bytes' => Integer }, {}],
        'drain' => [{}, {}],
        'ping' => [{ 'token' => Integer }, {}]
      }.freeze

      # Where the connection is in its life: a key of ALLOWED.
      attr_reader :state

      def initialize
        @state = :connected
        @has_drain_come = false
      end

      # Moves on with a message and returns its type.
      #
      # Raises Fault when it is no message, when the state does not allow it, and when the engine
      # speaks another version.
      def accept(message)
        type = message['type']
        return type if type == 'invoke' && @state == :ready && usual_invoke?(message)

        check(type, message)
        unless ALLOWED.fetch(@state).include?(type)
          raise Fault, "#{type} is not allowed in the state #{@state}"
        end

        case type
        when 'hello' then greet(message)
        when 'load' then @state = :loading
        when 'drain' then drain
        end
        type
      end

      # The manifest is sent.
      def loaded
        @state = @has_drain_come ? :draining : :ready if @state == :loading
      end

      # The session is over.
      def close
        @state = :closed
      end

      # Whether nothing more is said.
      def closed?
        @state == :closed
      end

      private

      # Nearly all messages are this one; the table is asked only when something is odd.
      def usual_invoke?(message)
        message['invocation'].is_a?(Integer) && message['step'].is_a?(String) && message['kind'].is_a?(String) &&
          message['trace'].is_a?(String) && message['span'].is_a?(String) && message['run'].is_a?(String) &&
          !message.key?('request') && !message.key?('attempt') && !message.key?('retry_count') &&
          !message.key?('trigger')
      end

      def check(type, message)
        required, optional = FIELDS[type]
        raise Fault, "there is no message of type #{type.inspect[0, 100]}" unless required

        required.each do |name, kind|
          next if kind === message[name]

          raise Fault, "#{type}: the field #{name} is #{message.key?(name) ? 'of a wrong type' : 'missing'}"
        end
        optional.each do |name, kind|
          value = message[name]
          raise Fault, "#{type}: the field #{name} is of a wrong type" unless value.nil? || kind === value
        end
      end

      def greet(message)
        if message['protocol'] != VERSION
          raise Fault, "the engine speaks version #{message['protocol']} of the worker protocol, " \
                       "this worker version #{VERSION}"
        end
        @state = :greeted
      end

      def drain
        case @state
        when :ready then @state = :draining
        when :greeted then @state = :closed
        else @has_drain_come = true
        end
      end
    end
  end
end
