# frozen_string_literal: true

# The one description of what does not fit a schema: the words are those of the engine's validator.

require 'json'
require 'motia/authoring/errors'

module Motia
  module Schemas
    # Makes Problems.
    module Problems
      VALUE_CHARS_MAX = 200
      MESSAGE_CHARS_MAX = 300

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

      # A value as messages show it.
      def shown(value)
        text = JSON.generate(value)
        text.size > VALUE_CHARS_MAX ? "#{text[0, VALUE_CHARS_MAX]}…" : text
      rescue JSON::GeneratorError
        'the value'
      end

      # One token of a JSON Pointer.
      def escape(name)
        name.match?(%r{[~/]}) ? name.gsub('~', '~0').gsub('/', '~1') : name
      end
    end
  end
end
