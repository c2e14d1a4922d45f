# frozen_string_literal: true

# Where the engine is: a Python program that this library never brings along.

require "open3"

module Motia
  module Testing
    # The engine refused, or is gone; `code` says which kind of refusal.
    class EngineError < StandardError
      # @return [String] the engine's code, such as `payload-invalid`
      attr_reader :code
      # @return [Array, Hash, nil] the problems or faults, where there are any
      attr_reader :details

      def initialize(message, code:, details: nil)
        super(message)
        @code = code
        @details = details
      end
    end

    # Finds the command that runs the engine.
    module Engine
      PROGRAM = "motia"
      PYTHONS = %w[python3 python].freeze
      # -P: the project has a folder `motia`, which must not hide the package.
      AS_MODULE = ["-P", "-m", "motia"].freeze
      HOW_TO_GET_IT = <<~TEXT.chomp
        The engine of Motia is not here. It is a Python program (3.11 or newer).
        Install it from its wheel, whose path or URL stands for WHEEL, in one of these ways:
          python3 -m venv .venv && .venv/bin/pip install WHEEL    for this project
          pipx install WHEEL                                      for all projects
          uv tool install WHEEL                                   for all projects
        The wheel is called motia_engine-….whl; other packages with a similar name on a registry are not it.
        When it is somewhere else, name it: MOTIA_ENGINE=/path/to/motia (or the Python that has it).
        Looked for: $MOTIA_ENGINE, .venv/bin/motia here and above, motia on the PATH, python3 -m motia.
      TEXT

      class << self
        # The command for a project at or above `from`.
        #
        # @return [Array<String>] program and first arguments
        # @raise [EngineError] there is none, or MOTIA_ENGINE names nothing that can be run
        def find(from, environment = ENV)
          from_variable(environment) || from_venv(from) || from_path(environment) || from_python(environment) ||
            raise(EngineError.new(HOW_TO_GET_IT, code: "no-engine"))
        end

        private

        def from_variable(environment)
          named = environment["MOTIA_ENGINE"].to_s.strip
          return if named.empty?

          path = named.include?("/") ? File.expand_path(named) : on_path(named, environment)
          unless path && program?(path)
            raise EngineError.new(
              "MOTIA_ENGINE is #{named}, which is no program: name the motia program, or the Python that has it",
              code: "no-engine"
            )
          end
          File.basename(path).start_with?("python") ? [path, *AS_MODULE] : [path]
        end

        def from_venv(from)
          folder = File.expand_path(from)
          loop do
            path = File.join(folder, ".venv", "bin", PROGRAM)
            return [path] if program?(path)
            return if folder == File.dirname(folder)

            folder = File.dirname(folder)
          end
        end

        def from_path(environment)
          # One of an npm package would look for the engine itself.
          path = on_path(PROGRAM, environment) do |found|
            [found, File.realpath(found)].none? { |one| one.include?("/node_modules/") || one.end_with?("motia.mjs") }
          end
          path && [path]
        end

        def from_python(environment)
          PYTHONS.each do |name|
            python = on_path(name, environment) or next
            said, status = Open3.capture2(environment.to_h, python, *AS_MODULE, "--version", err: File::NULL)
            return [python, *AS_MODULE] if status.success? && said.match?(/\Amotia \d/)
          end
          nil
        end

        def on_path(name, environment)
          folders = environment["PATH"].to_s.split(File::PATH_SEPARATOR).reject(&:empty?)
          folders.map { |folder| File.join(folder, name) }.find do |path|
            program?(path) && (!block_given? || yield(path))
          end
        end

        def program?(path)
          File.file?(path) && File.executable?(path)
        end
      end
    end
  end
end
