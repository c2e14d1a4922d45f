# frozen_string_literal: true

require 'support'
require 'fileutils'
require 'tmpdir'

class TestLoader < MotiaTest
  def loaded(files)
    Dir.mktmpdir do |folder|
      FileUtils.mkdir_p(File.join(folder, 'motia', 'steps'))
      files.each { |name, text| File.write(File.join(folder, 'motia', 'steps', name), text) }
      loader = Motia::Loading::Loader.new(folder, files.keys.map { |name| "motia/steps/#{name}" })
      yield loader, loader.load { |hook| hook.block.call }
    end
  ensure
    $LOAD_PATH.reject! { |path| path.include?(Dir.tmpdir) }
  end

  def test_a_file_that_fails_does_not_stop_the_others
    loaded({ 'a.rb' => "event(id: 'half') { 1 }\nraise 'x'\n", 'b.rb' => "event(id: 'b') { 2 }\n", 'c.rb' => "exit\n" }) do |loader, manifest|
      assert_equal ['b'], loader.steps.keys
      assert_equal ['b'], manifest[:steps].map { |step| step[:id] }
      assert_equal %w[motia/steps/a.rb motia/steps/c.rb], manifest[:faults].map { |fault| fault[:file] }
    end
  end

  def test_a_file_that_is_not_there_is_a_fault
    loaded({}) do |loader, _|
      missing = Motia::Loading::Loader.new(loader.root, ['motia/steps/gone.rb'])

      assert_equal ['import-error'], missing.load { nil }[:faults].map { |fault| fault[:code] }
    end
  end

  def test_stop_hooks_run_last_first_and_one_that_fails_stops_no_other
    source = "$ran = []\non_stop { $ran << 1 }\non_stop { raise 'no' }\non_stop { $ran << 3 }\n"
    loaded({ 'a.rb' => source }) do |loader, _|
      failed = []
      loader.stop(->(hook) { hook.block.call }, ->(hook, error) { failed << [hook.line, error.message] })

      assert_equal [3, 1], $ran
      assert_equal [[3, 'no']], failed
    end
  end

  def test_methods_and_constants_of_a_file_are_its_own
    loaded({ 'a.rb' => "LIMIT = 1\ndef own_word = 1\nevent(id: 'a') { own_word + LIMIT }\n" }) do |loader, _|
      assert_equal 2, loader.steps['a'].handler.call
      refute Object.const_defined?(:LIMIT)
      refute Object.new.respond_to?(:own_word, true)
    end
  end
end
