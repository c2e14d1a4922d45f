# frozen_string_literal: true

# `ruby -I… evaluate.rb ROOT OUT FILE…`: what Ruby files of events and workflows define, as JSON.
#
# A file defines the topic of its name by the Hash that it ends with, and others by `EVENTS = { 'topic' => schema }`;
# a schema has any form that a step's schema may have. Of a file below motia/workflows only the calls of `workflow`
# count. The answer is the one of every language:
# `{files: {file: {exports: {name: {schema | map | other, line}}, error}}, workflows: [{file, line, options}], read}`.
#
# Invariant: one file that fails costs no other file its answer.

$LOAD_PATH.unshift(File.expand_path('../..', __dir__)) unless $LOAD_PATH.include?(File.expand_path('../..', __dir__))

require 'json'
require 'motia'
require 'motia/loading/faults'
require 'motia/loading/modules'
require 'motia/schemas/forms'

module Motia
  module Loading
    # Evaluates files of one project for what they define.
    class Evaluation
      SINGLE = 'default'
      SEVERAL = 'events'

      def initialize(root)
        @root = File.realpath(root)
        places = [@root, File.join(@root, 'motia'), File.join(@root, 'motia', 'steps')]
        # Behind the libraries: a project file hides none of them.
        $LOAD_PATH.concat(places - $LOAD_PATH)
        @modules = Modules.new(@root, places)
      end

      # The answer for `files`, relative to the root. Never raises for an author's fault.
      def answer(files)
        answers = {}
        declared = Workflows.collect { answers = files.to_h { |file| [file, answer_of(file)] } }
        workflows = declared.map { |one| { **one, file: shown(one[:file]) } }
        read = @modules.files.map { |path| path.delete_prefix("#{@root}/") }
        { files: answers, workflows: workflows, read: (read | files).sort }
      end

      private

      def answer_of(file)
        path = File.join(@root, file)
        path = File.realpath(path) if File.exist?(path)
        wrapper = Module.new
        wrapper.extend(Steps::Dsl) if file.start_with?(Workflows::DIR)
        value = nil
        @modules.watch(path) { value = wrapper.module_eval(File.read(path, encoding: 'UTF-8'), path, 1) }
        file.start_with?(Workflows::DIR) ? { exports: {} } : { exports: exports(wrapper, value) }
      rescue Schemas::Unreadable => error
        { error: { code: 'invalid-schema', file: file, line: @line || 1, message: error.message, hint: error.hint } }
      rescue Exception => error # rubocop:disable Lint/RescueException -- a file may raise anything, SystemExit too
        { error: defining(Faults.of(error, file: path, root: @root)) }
      end

      def shown(file)
        real = File.exist?(file) ? File.realpath(file) : file
        real.delete_prefix("#{@root}/")
      end

      def exports(wrapper, value)
        several = wrapper.const_get(:EVENTS, false) if wrapper.const_defined?(:EVENTS, false)
        @line = wrapper.const_source_location(:EVENTS, false)&.last || 1 if several
        found = {}
        found[SEVERAL] = members(several).merge(line: @line) if several
        @line = 1
        found[SINGLE] = schema(value, 'the schema') if value.is_a?(Hash) && !value.equal?(several)
        found
      end

      def members(several)
        return { other: several.class.name } unless several.is_a?(Hash)

        { map: several.to_h { |topic, form| [topic.to_s, schema(form, "EVENTS[#{topic.to_s.inspect}]").merge(line: @line)] } }
      end

      def schema(form, place)
        return { other: form.inspect } if form.nil? || form == true || form == false

        { schema: Schemas::Forms.read(form, place).first }
      end

      def defining(fault)
        return fault unless fault[:hint].to_s.include?('handler')

        fault.merge(hint: 'the line raises while the file is loaded; it must only define values')
      end
    end
  end
end

if $PROGRAM_NAME == __FILE__
  root, out, *files = ARGV
  File.write(out, JSON.generate(Motia::Loading::Evaluation.new(root).answer(files)))
  [$stdout, $stderr].each(&:flush)
  Process.exit!(0) # threads that a file started must not hold the engine up
end
