# frozen_string_literal: true

require_relative "testing/world"

class TestTesting < Minitest::Test
  include TestingWorld

  ARGUMENTS = "tell(log: { text: 'what went before' }); tell(id: id, value: ARGV)"

  def test_options_reach_the_engine_and_the_block_gives_the_value
    seen = Motia::Testing.app(root: project(ARGUMENTS), seed: 3, start: Time.at(0), lenient: true) do |client|
      client.fire("x")
    end

    assert_equal ["serve-test", "--project", @folder, "--seed", "3", "--start", "1970-01-01T00:00:00+00:00", "--lenient"], seen
  end

  def test_the_log_is_shown_when_the_block_raises_and_only_then
    root = project(ARGUMENTS)
    client = nil

    _, quiet = capture_io { Motia::Testing.app(root: root) { |one| one.fire("x") } }
    _, shown = capture_io do
      assert_raises(Minitest::Assertion) do
        Motia::Testing.app(root: root) do |one|
          (client = one).fire("x")
          flunk
        end
      end
    end

    assert_equal "", quiet
    assert_includes shown, "what went before"
    assert_raises(Motia::Testing::EngineError) { client.runs }
  end

  def test_without_a_block_the_client_is_stopped_by_hand
    client = Motia::Testing.app(root: project(ARGUMENTS))

    assert_equal "serve-test", client.fire("x").first
    client.stop
  end

  def test_the_nearest_project_is_taken_and_outside_of_one_it_says_so
    project(ARGUMENTS)
    inner = File.join(@folder, "tests")
    FileUtils.mkdir_p(inner)

    Dir.chdir(inner) { Motia::Testing.app { |client| assert_equal @folder, client.fire("x")[2] } }
    Dir.chdir("/") do
      error = assert_raises(Motia::Testing::EngineError) { Motia::Testing.app { flunk } }
      assert_includes error.message, "is in no Motia project"
    end
  end
end
