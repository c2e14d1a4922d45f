# frozen_string_literal: true

# Stacks as an author wants to see them: only frames of the project, innermost last.

require 'motia/authoring/encoding'

module Motia
  module Worker
    # Errors and threads as text.
    module Stacks
      NOT_AUTHORED = %w[/vendor/bundle/ /vendor/cache/ /.bundle/ /gems/ /node_modules/ /.venv/].freeze
      OURS = "#{File.realpath(File.expand_path('../..', __dir__))}/"
      CAUSES_MAX = 5
      FRAMES_MAX = 50
      FRAME = /\A(.+?):(\d+)(?::in [`'](.*)')?\z/.freeze
      TOP = /\Ablock (?:\(\d+ levels\) )?in <(?:top \(required\)|main)>\z/.freeze
      WRAPPED = /#<Module:0x\h+>::/.freeze

      Frame = Struct.new(:file, :line, :label)

      module_function

      # Whether a file belongs to the project and not to what is installed in it.
      def authored?(file, root)
        !file.nil? && file.start_with?("#{root}/") && NOT_AUTHORED.none? { |part| file[root.size..].include?(part) }
      end

      # The frames of an error and its causes that lie in the project; all but ours when there is none.
      def of(error, root, step = nil)
        parts = []
        seen = {}.compare_by_identity
        while error && !seen[error] && parts.size < CAUSES_MAX
          seen[error] = true
          parts << one(error, root, step)
          error = error.cause
        end
        parts.join("\ncaused by:\n")
      end

      # The stack of a running thread, as `of`.
      def of_thread(thread, root, step)
        text(authored(frames(thread.backtrace || []), root), root, step)
      end

      # The innermost line of `file` in an error's stack; 0 when it is not there.
      def line_in(error, file)
        frames(error.backtrace || []).find { |frame| frame.file == file }&.line || 0
      end

      # The innermost place in the project, or nil.
      def place_of(error, root)
        frames(error.backtrace || []).find { |frame| authored?(frame.file, root) }
      end

      # The name of an error's class, as the author wrote it.
      def name_of(error)
        (error.class.name || 'anonymous error').gsub(WRAPPED, '').delete_prefix('Motia::Worker::').delete_prefix('Motia::')
      end

      # The text of an error. An author's `message` may do anything.
      def message_of(error)
        Json.clean(error.message.to_s.gsub(WRAPPED, ''))
      rescue StandardError
        '(its text cannot be read)'
      end

      # `text` with at most about so many bytes, marked when something was cut.
      def cut(text, bytes_max)
        return text if text.bytesize <= bytes_max

        kept = text.byteslice(0, bytes_max).scrub('')
        "#{kept}… (#{text.bytesize - bytes_max} bytes cut)"
      end

      def one(error, root, step)
        body = text(authored(frames(error.backtrace || []), root), root, step)
        "#{body}#{name_of(error)}: #{message_of(error)}"
      end
      private_class_method :one

      # Frames of a backtrace, innermost first.
      def frames(backtrace)
        lines = backtrace.size > 4 * FRAMES_MAX ? backtrace.first(2 * FRAMES_MAX) + backtrace.last(2 * FRAMES_MAX) : backtrace
        lines.filter_map do |line|
          match = FRAME.match(line)
          Frame.new(match[1], match[2].to_i, match[3]) if match
        end
      end
      private_class_method :frames

      def authored(frames, root)
        mine = frames.select { |frame| authored?(frame.file, root) }
        mine = frames.reject { |frame| frame.file.start_with?(OURS, '<internal:') } if mine.empty?
        mine.reverse
      end
      private_class_method :authored

      def text(frames, root, step)
        if frames.size > FRAMES_MAX
          half = FRAMES_MAX / 2
          frames = frames.first(half) + [Frame.new('…', 0, 'more frames')] + frames.last(half)
        end
        frames.map { |frame| frame_text(frame, root, step) }.join
      end
      private_class_method :text

      def frame_text(frame, root, step)
        label = frame.label.to_s
        label = "step #{step}" if step && TOP.match?(label)
        source = Steps::Sources.line(frame.file, frame.line)
        "  #{frame.file.delete_prefix("#{root}/")}:#{frame.line}:in '#{label}'\n#{"    #{source}\n" if source}"
      end
      private_class_method :frame_text
    end
  end
end
