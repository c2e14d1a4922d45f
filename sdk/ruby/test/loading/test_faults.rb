# frozen_string_literal: true

require 'support'

class TestFaults < MotiaTest
  def fault(file = __FILE__)
    yield
  rescue Exception => error # rubocop:disable Lint/RescueException -- as at load
    Motia::Loading::Faults.of(error, file: file, root: __dir__)
  end

  def test_an_error_has_the_line_that_raised_it
    found = fault { raise 'no' }

    assert_equal ['load-error', 'test_faults.rb', 'RuntimeError: no', __LINE__ - 2], found.values_at(:code, :file, :message, :line)
  end

  def test_a_syntax_error_names_the_place_it_is_in
    here = fault { eval("1\n)", nil, __FILE__, 1) }
    elsewhere = fault { eval("1\n)", nil, File.join(__dir__, 'other.rb'), 1) }

    assert_equal ['syntax-error', 2], here.values_at(:code, :line)
    assert_equal 'other.rb:2', elsewhere[:also]
    assert_includes elsewhere[:hint], 'other.rb:2'
  end

  def test_a_missing_library_is_named_with_a_command
    found = fault { require 'active_support/not_there' }

    assert_equal 'import-error', found[:code]
    assert_includes found[:hint], 'gem install active_support'
    assert_includes fault { require_relative 'not_there' }[:message], 'not_there'
  end

  def test_the_end_of_the_process_is_a_fault
    assert_includes fault { exit(4) }[:message], 'exit(4)'
    assert_includes fault { throw :ball }[:message], 'ball'
  end
end
