# frozen_string_literal: true

require 'support'

class TestStacks < MotiaTest
  Stacks = Motia::Worker::Stacks

  def raised(&block)
    assert_raises(StandardError, &block)
  end

  def test_frames_of_the_project_are_shown_innermost_last
    error = raised { [1].each { |_| raise 'inner' } }

    text = Stacks.of(error, __dir__, 'my-step')

    assert_match(/\A  test_stacks\.rb:\d+:in .*RuntimeError: inner\z/m, text)
    assert_includes text, "raise 'inner'"
    refute_includes text, 'minitest'
  end

  def test_causes_follow
    error = raised do
      raise 'first'
    rescue StandardError
      raise ArgumentError, 'second'
    end

    assert_match(/ArgumentError: second\ncaused by:\n.*RuntimeError: first/m, Stacks.of(error, __dir__))
  end

  def test_installed_libraries_in_the_project_are_not_the_authors
    assert Stacks.authored?('/p/motia/steps/a.rb', '/p')
    refute Stacks.authored?('/p/vendor/bundle/x.rb', '/p')
    refute Stacks.authored?('/q/a.rb', '/p')
    refute Stacks.authored?(nil, '/p')
  end

  def test_names_are_as_the_author_wrote_them
    wrapper = Module.new
    wrapper.module_eval('class Broken < StandardError; end', __FILE__, __LINE__)

    assert_equal 'Broken', Stacks.name_of(wrapper::Broken.new)
    assert_equal 'Fatal', Stacks.name_of(Motia::Fatal.new)
    assert_equal 'anonymous error', Stacks.name_of(Class.new(StandardError).new)
  end

  def test_texts_are_cut_with_a_mark_and_stay_utf8
    assert_equal 'abc… (3 bytes cut)', Stacks.cut('abcdef', 3)
    assert_equal 'a… (3 bytes cut)', Stacks.cut('a€', 2).sub('(2 ', '(3 ')
    assert Stacks.cut('€€€', 4).valid_encoding?
    assert_equal 'abc', Stacks.cut('abc', 3)
  end

  def test_a_long_stack_is_shortened_in_the_middle
    def self.sink(depth) = depth.zero? ? raise('deep') : sink(depth - 1)

    text = Stacks.of(raised { sink(500) }, __dir__)

    assert_operator text.lines.size, :<, 120
    assert_includes text, 'more frames'
  end
end
