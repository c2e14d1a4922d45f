# frozen_string_literal: true

# `state`: groups of keys with JSON values that all steps share. Durable when it returns.

require 'motia/authoring/calls'

module Motia
  # The state store. Groups and keys are text of 1 to 255 bytes.
  class State
    UPDATE_TRIES_MAX = 100
    OPS = %w[set delete increment append].freeze
    OP_FIELDS = %w[op path value].freeze

    # The value of `key`, nil when it is missing.
    def get(group, key)
      entry = ask('state.get', group, key)
      entry && entry['value']
    end

    # Stores any JSON value and returns it. Raises ValueNotJson, PayloadTooLarge: nothing was stored.
    def set(group, key, value)
      ask('state.set', group, key, value: json(value, 'set', group, key))
      value
    end

    # Removes `key`; true when it was there.
    def delete(group, key)
      ask('state.delete', group, key)
    end

    # Keys and values of `group` in order of the keys: those behind `after`, at most `limit`.
    def list(group, after: nil, limit: nil)
      more = { after: after, limit: limit }.compact.transform_values { |one| Json.encode(one, what: 'state.list') }
      ask('state.list', group, **more).to_h { |entry| [entry['key'], entry['value']] }
    end

    # Removes all keys of `group`; how many there were.
    def clear(group)
      ask('state.clear', group)
    end

    # Adds `by` to the number at `key` (0 when missing), atomically; the new number.
    def increment(group, key, by = 1)
      raise CallerError, "state.increment adds a number, not #{by.inspect}" unless by.is_a?(Integer) || by.is_a?(Float)

      ask('state.increment', group, key, by: Json.encode(by, what: 'by of state.increment'))
    end

    # Changes the value at `key` atomically and returns the new one.
    #
    # Either a block from the old value (nil when missing) to the new one, called again when somebody else
    # changed it meanwhile, or operations `{op:, path:, value:}` with op set, delete, increment or append
    # and a dotted path.
    #
    # Raises CallerError when the operations are malformed, or others changed the key 100 times in a row.
    def update(group, key, operations = nil, &change)
      return ask('state.update', group, key, ops: operations_json(operations))['value'] unless change

      UPDATE_TRIES_MAX.times do
        value, version = get_versioned(group, key)
        changed = change.call(value)
        return changed if compare_and_set(group, key, changed, version: version)['done']
      end
      raise CallerError.new("state.update(#{group.inspect}, #{key.inspect}) found the value changed " \
                            "#{UPDATE_TRIES_MAX} times in a row",
                            hint: 'use operations or increment, which the engine applies itself')
    end

    # Stores `value` if the key still has `version` (0: it is missing); `delete: true` removes the key.
    #
    # Returns `{"done", "value", "version"}` as they are afterwards.
    def compare_and_set(group, key, value = nil, version:, delete: false)
      given = { version: Json.encode(version, what: 'version of state.compare_and_set') }
      if delete
        given[:delete] = 'true'
      else
        given[:value] = json(value, 'compare_and_set', group, key)
      end
      ask('state.compare_and_set', group, key, **given)
    end

    # `[value, version]` of `key`, for `compare_and_set`; `[nil, 0]` when it is missing.
    def get_versioned(group, key)
      entry = ask('state.get', group, key)
      entry ? entry.values_at('value', 'version') : [nil, 0]
    end

    private

    NO_KEY = Object.new.freeze
    private_constant :NO_KEY

    def ask(op, group, key = NO_KEY, **more)
      names = { group: group }
      names[:key] = key unless key.equal?(NO_KEY)
      names.each do |name, text|
        next if (text.is_a?(String) || text.is_a?(Symbol)) && text.to_s.bytesize.between?(1, 255)

        raise CallerError, "the #{name} of #{op} is text of 1 to 255 bytes, not #{text.inspect}"
      end
      head = Json.encode(names, what: op)
      fields = more.map { |name, value| ",\"#{name}\":#{value}" }.join
      Calls.ask(op, "#{head.chop}#{fields}}", what: "#{op}(#{group.inspect})", limited: more[:value] || more[:ops])
    end

    def json(value, name, group, key)
      Json.encode(value, what: "the value of state.#{name}(#{group.inspect}, #{key.inspect})")
    end

    def operations_json(operations)
      unless operations.is_a?(Array) && !operations.empty?
        raise CallerError, "state.update takes a block or a list of operations, not #{operations.inspect}"
      end
      operations.each do |one|
        fields = one.is_a?(Hash) ? one.transform_keys(&:to_s) : {}
        next if OPS.include?(fields['op'].to_s) && (fields.keys - OP_FIELDS).empty?

        raise CallerError.new("an operation of state.update is #{one.inspect}",
                              hint: "write { op: 'set' | 'delete' | 'increment' | 'append', path: 'a.b', value: … }")
      end
      Json.encode(operations, what: 'the operations of state.update')
    end
  end
end
