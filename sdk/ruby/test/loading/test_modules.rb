# frozen_string_literal: true

require 'support'
require 'fileutils'
require 'tmpdir'

class TestModules < MotiaTest
  def project(files)
    Dir.mktmpdir do |folder|
      root = File.realpath(folder)
      files.each do |name, text|
        path = File.join(root, name)
        FileUtils.mkdir_p(File.dirname(path))
        File.write(path, text)
      end
      yield root
    end
  end

  def closure(root, file)
    modules = Motia::Loading::Modules.new(root, [root])
    path = File.join(root, file)
    modules.watch(path) { load(path, true) }
    modules.closure_of(path).map { |one| one.delete_prefix("#{root}/") }.sort
  end

  def test_what_the_source_names_is_found_in_every_spelling
    files = { 'a.rb' => "if false\n  require_relative('b')\n  require \"c\"\n  load 'd.rb'\n  autoload :E, 'e'\n  require './f'\nend\n" \
                        "# require 'g'\nobject.require 'g' if false\n",
              'b.rb' => "require_relative 'sub/h' if false\n", 'sub/h.rb' => "require_relative '../b' if false\n" }
    %w[c d e f g].each { |name| files["#{name}.rb"] = '' }
    project(files) { |root| assert_equal %w[b.rb c.rb d.rb e.rb f.rb sub/h.rb], closure(root, 'a.rb') }
  end

  def test_what_is_compiled_while_a_file_loads_belongs_to_it
    files = { 'a.rb' => "%w[one two].each { |n| require File.join(__dir__, n) }\n", 'one.rb' => "require_relative 'in' + 'ner'\n",
              'two.rb' => '', 'inner.rb' => '' }
    project(files) { |root| assert_equal %w[inner.rb one.rb two.rb], closure(root, 'a.rb') }
  end

  def test_two_files_that_require_each_other_are_no_endless_circle
    files = { 'a.rb' => "require_relative 'b'\n", 'b.rb' => "require_relative 'c' if false\n", 'c.rb' => "require_relative 'b' if false\n" }
    project(files) { |root| assert_equal %w[b.rb c.rb], closure(root, 'a.rb') }
  end
end
