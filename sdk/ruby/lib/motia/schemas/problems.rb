# frozen_string_literal: true

# The one description of what does not fit a schema, in the words of the engine (`protocol/worker.md`,
# "Words for what does not fit"): what was expected, never the value, which may be a secret.

require 'json'
require 'motia/authoring/errors'

module Motia
  module Schemas
    # Makes Problems.
    module Problems
      OPTIONS_CHARS_MAX = 200
      MESSAGE_CHARS_MAX = 300
      TYPES = {
        'integer' => 'a whole number', 'number' => 'a number', 'string' => 'text', 'boolean' => 'true or false',
        'array' => 'a list', 'object' => 'an object', 'null' => 'null'
      }.freeze

      module_function

      # Something that must be there is not.
      def missing(path, name, where)
        Problem.new(path: "#{path}/#{escape(name)}", message: 'is required', where: where, keyword: 'required')
      end

      # A name that the schema does not allow.
      def unknown(path, name, where)
        Problem.new(path: "#{path}/#{escape(name)}", message: 'is not a known field', where: where,
                    keyword: 'additionalProperties')
      end

      # A value that is not as `keyword` says.
      def unfit(path, message, where, keyword)
        message = "#{message[0, MESSAGE_CHARS_MAX]}…" if message.size > MESSAGE_CHARS_MAX
        Problem.new(path: path, message: message, where: where, keyword: keyword)
      end

      # Types of JSON Schema: in alphabetical order, null last.
      def types(names)
        sorted = names.sort.partition { |name| name != 'null' }.flatten
        "must be #{sorted.map { |name| TYPES.fetch(name, name) }.join(' or ')}"
      end

      # The values that are allowed.
      def options(values)
        text = values.map { |value| json(value) }.join(', ')
        text = "#{text[0, OPTIONS_CHARS_MAX]}…" if text.size > OPTIONS_CHARS_MAX
        "must be #{'one of ' if values.size > 1}#{text}"
      end

      # A limit as messages show it: a whole number without its fraction.
      def number(limit)
        limit.is_a?(Float) && limit.abs < 1e21 && limit == limit.floor ? limit.to_i : limit
      end

      # One token of a JSON Pointer.
      def escape(name)
        name.match?(%r{[~/]}) ? name.gsub('~', '~0').gsub('/', '~1') : name
      end

      def json(value)
        JSON.generate(sorted(value))
      end
      private_class_method :json

      def sorted(value)
        case value
        when Hash then value.sort.to_h.transform_values { |one| sorted(one) }
        when Array then value.map { |one| sorted(one) }
        else number(value)
        end
      end
      private_class_method :sorted
    end
  end
end
