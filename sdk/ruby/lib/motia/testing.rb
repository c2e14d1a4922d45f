# frozen_string_literal: true

# What authors require in their tests: an engine for the project, whatever the test framework is.
#
#   require "minitest/autorun"
#   require "motia/testing"
#
#   class UsersTest < Minitest::Test
#     def test_a_new_user_is_answered
#       Motia::Testing.app do |client|
#         assert_equal 201, client.request("POST", "/users", json: { name: "Ada" }).status
#       end
#     end
#   end

require_relative "testing/client"

module Motia
  # Engines for tests.
  module Testing
    class << self
      # Start an engine for the project: memory ledger, free port, a clock that stands still, workers as in
      # `motia dev`.
      #
      # With a block, the engine is stopped when the block ends, and its log is shown when the block raises.
      # Without one, the client is returned: call `stop` on it.
      #
      # @param root [String] the project's folder; nil: the nearest one at or above the current folder
      # @param start [Time, String, nil] the time to start at; 2026-01-01T00:00:00Z unless said
      # @param seed [Integer] seed of the engine's chance (retry jitter, ids)
      # @param lenient [Boolean] go on with faults in the project, instead of refusing it
      # @param env [Hash{String => String}] variables for the engine and the steps, over those of this process
      # @param start_timeout [Numeric] most seconds until the API answers
      # @return [Client, Object] the client, or what the block returns
      # @raise [EngineError] there is no engine, or the project has faults
      def app(root: nil, start: nil, seed: 1, lenient: false, env: {}, start_timeout: 60)
        root = root ? File.expand_path(root) : project_root
        arguments = ["--seed", seed.to_s]
        arguments.push("--start", instant(start)) if start
        arguments << "--lenient" if lenient
        client = Client.new(Line.new(root: root, arguments: arguments, env: env, start_timeout: start_timeout))
        return remember(client) unless block_given?

        use(client) { yield client }
      end

      private

      def use(client)
        yield
      rescue Exception # assertions of minitest are no StandardError
        client.stop # first: the last lines of the log may still be on their way
        client.show_log
        raise
      ensure
        client.stop
      end

      # Shows its log when the tests end with a failure: nobody tells which of them failed.
      def remember(client)
        @clients ||= begin
          at_exit { @clients.each(&:show_log) if $! && !($!.is_a?(SystemExit) && $!.success?) }
          []
        end
        @clients << client
        @clients.shift if @clients.size > 20
        client
      end

      def instant(start)
        start.is_a?(Time) ? start.getutc.strftime("%Y-%m-%dT%H:%M:%S+00:00") : start.to_s
      end

      def project_root
        folder = Dir.pwd
        until File.directory?(File.join(folder, "motia", "steps"))
          above = File.dirname(folder)
          raise EngineError.new("#{Dir.pwd} is in no Motia project: give app(root: …)", code: "no-project") if above == folder

          folder = above
        end
        folder
      end
    end
  end
end
