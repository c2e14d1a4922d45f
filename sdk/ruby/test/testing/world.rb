# frozen_string_literal: true

# Folders and programs for tests of `motia/testing`: an engine that is a script, and says what it was asked.

require "minitest/autorun"
require "fileutils"
require "tmpdir"
require "motia/testing"

module TestingWorld
  def setup
    @folder = File.realpath(Dir.mktmpdir("motia-testing-"))
  end

  def teardown
    FileUtils.rm_rf(@folder)
  end

  # A program below the test's folder, in shell, or in this Ruby when it starts with `# ruby`.
  def program(name, text)
    path = File.join(@folder, name)
    FileUtils.mkdir_p(File.dirname(path))
    File.write(path, "#!#{text.start_with?("# ruby") ? RbConfig.ruby : "/bin/sh"}\n#{text}\n")
    File.chmod(0o755, path)
    path
  end

  # A project whose `.venv` has an engine that answers each order with what `answer` (source text) makes of it.
  def project(answer, start: 'tell(ready: { api: "http://127.0.0.1:9" })')
    FileUtils.mkdir_p(File.join(@folder, "motia", "steps"))
    program(".venv/bin/motia", <<~RUBY)
      # ruby
      require "json"
      $stdout.sync = true
      def tell(value) = puts(JSON.generate(value))
      #{start}
      $stdin.each_line do |line|
        id, op, args = JSON.parse(line).values_at("id", "op", "args")
        #{answer}
      end
    RUBY
    @folder
  end
end
