# frozen_string_literal: true

# `logger`: log lines of the run that writes them.

require 'motia/authoring/encoding'
require 'motia/authoring/invocation'

module Motia
  # Writes log lines. Never waits, never raises: a field that is not JSON is written as its `inspect`.
  #
  # Outside a run (a unit test that calls a handler directly) lines go to standard error.
  class Logger
    # A line for whoever looks for a fault.
    def debug(message = nil, fields = nil, **more, &block)
      write('debug', message, fields, more, block)
    end

    # A line about what happened.
    def info(message = nil, fields = nil, **more, &block)
      write('info', message, fields, more, block)
    end

    # A line about what may become a fault.
    def warn(message = nil, fields = nil, **more, &block)
      write('warn', message, fields, more, block)
    end

    # A line about a fault.
    def error(message = nil, fields = nil, **more, &block)
      write('error', message, fields, more, block)
    end

    private

    def write(level, message, fields, more, block)
      message = block.call if message.nil? && block
      more = fields.is_a?(Hash) ? fields.merge(more) : { fields: fields, **more } unless fields.nil?
      more = more.transform_values { |value| value.is_a?(Exception) ? described(value) : value }
      invocation = Invocation.current
      if invocation
        invocation.port.log(invocation, level, text_of(message), more.empty? ? nil : Json.lenient(more), 'logger')
      else
        $stderr.puts("#{level}: #{text_of(message)}#{" #{Json.lenient(more)}" unless more.empty?}")
      end
      nil
    end

    def text_of(message)
      message.is_a?(Exception) ? described(message) : message.to_s
    rescue StandardError # an author's to_s may do anything
      "#<#{message.class}>"
    end

    def described(error)
      ["#{error.class}: #{error.message}", *Array(error.backtrace).first(20)].join("\n")
    end
  end
end
