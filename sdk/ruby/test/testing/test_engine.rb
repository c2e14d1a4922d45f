# frozen_string_literal: true

require_relative "world"

class TestEngine < Minitest::Test
  include TestingWorld

  AS_MODULE = ["-P", "-m", "motia"].freeze

  def find(from = @folder, **environment)
    Motia::Testing::Engine.find(from, environment.transform_keys(&:to_s))
  end

  def test_a_variable_names_the_program_or_the_python_that_has_it
    motia = program("anything", "exit 0")
    python = program("python3.12", "exit 0")

    assert_equal [motia], find(MOTIA_ENGINE: motia)
    assert_equal [python, *AS_MODULE], find(MOTIA_ENGINE: python)
    assert_equal [motia], find(MOTIA_ENGINE: "anything", PATH: @folder)
  end

  def test_a_variable_that_names_nothing_is_an_error_not_passed_over
    program(".venv/bin/motia", "exit 0")

    error = assert_raises(Motia::Testing::EngineError) { find(MOTIA_ENGINE: "/nowhere/motia") }

    assert_includes error.message, "MOTIA_ENGINE is /nowhere/motia"
  end

  def test_the_nearest_venv_above_goes_before_the_path
    program("bin/motia", "exit 0")
    program(".venv/bin/motia", "exit 0")
    near = program("a/.venv/bin/motia", "exit 0")
    FileUtils.mkdir_p(File.join(@folder, "a", "b"))

    assert_equal [near], find(File.join(@folder, "a", "b"), PATH: File.join(@folder, "bin"))
  end

  def test_the_command_of_an_npm_package_is_not_the_engine
    program("node_modules/.bin/motia", "exit 0")
    real = program("lib/motia.mjs", "exit 0")
    FileUtils.mkdir_p(File.join(@folder, "global"))
    File.symlink(real, File.join(@folder, "global", "motia"))
    engine = program("bin/motia", "exit 0")
    path = %w[node_modules/.bin global bin].map { |name| File.join(@folder, name) }.join(":")

    assert_equal [engine], find(PATH: path)
  end

  def test_a_python_that_has_the_engine_is_the_last_resort
    python = program("python3", '[ "$*" = "-P -m motia --version" ] && echo "motia 1.2.3"')

    assert_equal [python, *AS_MODULE], find(PATH: @folder)
  end

  def test_without_any_it_says_how_to_get_one
    program("python3", 'echo "somebody elses"')

    error = assert_raises(Motia::Testing::EngineError) { find(PATH: @folder) }

    assert_equal "no-engine", error.code
    assert_includes error.message, "pip install WHEEL"
  end
end
