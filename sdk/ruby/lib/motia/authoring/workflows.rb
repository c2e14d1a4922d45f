# frozen_string_literal: true

# `workflow`: a workflow configuration written in Ruby, in a file below motia/workflows.
#
# Nothing is checked here but that it is JSON: the engine reads configurations of all languages alike.

require 'motia/authoring/encoding'
require 'motia/authoring/registry'

module Motia
  # Calls of `workflow`.
  module Workflows
    DIR = 'motia/workflows/'
    @declared = nil

    class << self
      # Collects what is configured while the block runs; returns it.
      def collect
        before = @declared
        @declared = []
        yield
        @declared
      ensure
        @declared = before
      end

      # Notes a call at `place`; returns the options.
      def declare(options, place)
        file = Registry.relative(place.path)
        if @declared
          @declared << { file: place.path, line: place.lineno, **read(options) }
        elsif Registry.collecting? && !file.start_with?(DIR)
          Registry.add_faults([misplaced(options, file, place.lineno)])
        end
        options
      end

      private

      def read(options)
        { options: Json.decode(Json.encode(options, what: 'the value')) }
      rescue ValueNotJson => error
        { problem: error.message }
      end

      def misplaced(options, file, line)
        name = options.is_a?(Hash) ? options[:id] || options['id'] : nil
        { code: 'workflow-misplaced', file: file, line: line,
          message: "the workflow #{name.inspect} is configured in a step file, where nobody reads it",
          hint: "move it to a file below #{DIR}" }
      end
    end
  end
end
