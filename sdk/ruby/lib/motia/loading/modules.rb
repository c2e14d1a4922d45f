# frozen_string_literal: true

# Which project files a step file requires, directly or not.
#
# Seen in two ways: what is compiled while a file loads (whatever name it is required by), and what its
# source names in `require`, `require_relative`, `load` and `autoload`, inside handlers too. A file that
# another one has loaded before is compiled once and found by its name.

require 'motia/worker/stacks'

module Motia
  module Loading
    # Records requires. One per worker.
    class Modules
      REQUIRE = /(?<![\w.:@$])(require_relative|require|load|autoload)\b[ \t(]*(?::\w+\s*,\s*)?['"]([^'"\#]+)['"]/.freeze
      COMMENT = /\A\s*#/.freeze

      # `places`: the folders of the project that `require` looks in.
      def initialize(root, places)
        @root = root
        @places = places
        @requires = {}
        @current = []
      end

      # Records what is compiled while the block loads `file` (absolute).
      def watch(file, &block)
        note(file)
        trace = TracePoint.new(:script_compiled) { |point| compiled(point) }
        @main_file = file
        trace.enable(target_thread: nil, &block)
      ensure
        trace&.disable
      end

      # All project files that were read, absolute.
      def files
        @requires.keys
      end

      # The project files that `file` requires, directly or not.
      def closure_of(file)
        found = {}
        todo = [file]
        until todo.empty?
          (@requires[todo.pop] || {}).each_key do |one|
            next if found[one] || one == file

            found[one] = true
            todo << one
          end
        end
        found.keys
      end

      private

      def compiled(point)
        file = point.instruction_sequence&.absolute_path
        return if point.eval_script || !Worker::Stacks.authored?(file, @root)

        asker = caller_locations(2, 40).find do |place|
          path = place.absolute_path
          path && path != file && Worker::Stacks.authored?(path, @root)
        end
        note(file, asker&.absolute_path || @main_file)
      end

      def note(file, asker = nil)
        if asker && asker != file
          note(asker)
          @requires[asker][file] = true
        end
        return if @requires.key?(file)

        @requires[file] = {}
        scan(file)
      end

      def scan(file)
        Steps::Sources.lines(file).grep_v(COMMENT).join("\n").scan(REQUIRE) do |word, name|
          found = found_of(word, name, file)
          note(found, file) if found && found != file
        end
      end

      def found_of(word, name, file)
        bases = word == 'require_relative' || name.start_with?('.') ? [File.dirname(file)] : @places
        bases = [''] if name.start_with?('/')
        bases.each do |base|
          stem = base.empty? ? name : File.expand_path(name, base)
          [stem, "#{stem}.rb"].each do |path|
            next unless path.end_with?('.rb') && File.file?(path)

            real = File.realpath(path)
            return real if Worker::Stacks.authored?(real, @root)
          end
        end
        nil
      end
    end
  end
end
