# frozen_string_literal: true

# What an exception at load becomes for the author: a place, a reason, and what to do.

require 'motia/worker/stacks'

module Motia
  module Loading
    # Makes faults.
    module Faults
      STACK_BYTES_MAX = 16_384
      SYNTAX_PLACE = /\A(.+?):(\d+): (.*)/m.freeze
      # Ruby 3.4 (prism): "file:2: syntax errors found", with the source below.
      GEMS = { 'bundler/setup' => 'bundler', 'active_support' => 'activesupport', 'active_record' => 'activerecord',
               'google/cloud/storage' => 'google-cloud-storage', 'aws-sdk' => 'aws-sdk-core' }.freeze

      Stacks = Worker::Stacks

      module_function

      # The fault of the step file `file` (absolute) that raised `error` while it was loaded.
      def of(error, file:, root:)
        fields =
          case error
          when SyntaxError then syntax(error, file, root)
          when LoadError then missing(error, root)
          when SystemExit
            { code: 'load-error', message: "the file ends the process while it is loaded: exit(#{error.status})",
              hint: 'put what runs as a script behind: if __FILE__ == $PROGRAM_NAME' }
          when UncaughtThrowError
            { code: 'load-error', message: Stacks.message_of(error), hint: 'nothing catches it: leave the file without throw' }
          else
            { code: 'load-error', message: "#{Stacks.name_of(error)}: #{first_line(error)}",
              hint: 'the line raises while the file is loaded; work belongs into a handler or on_start' }
          end
        complete(fields, error, file, root)
      end

      def complete(fields, error, file, root)
        elsewhere = Stacks.place_of(error, root)
        also = elsewhere && elsewhere.file != file ? "#{elsewhere.file.delete_prefix("#{root}/")}:#{elsewhere.line}" : ''
        { file: file.delete_prefix("#{root}/"), line: Stacks.line_in(error, file), also: also,
          stack: Stacks.cut(Json.clean(Stacks.of(error, root)), STACK_BYTES_MAX), hint: '' }
          .merge(fields.transform_values { |value| value.is_a?(String) ? Json.clean(value) : value })
      end
      private_class_method :complete

      def syntax(error, file, root)
        match = SYNTAX_PLACE.match(Stacks.message_of(error))
        return { code: 'syntax-error', message: Stacks.message_of(error) } unless match

        where, line, text = match[1], match[2].to_i, match[3].strip
        # Of several complaints the first says most.
        text = text.lines.take_while { |one| !one.start_with?("#{where}:") }.join.strip
        return { code: 'syntax-error', line: line, message: text, hint: "look at line #{line}" } if where == file

        place = "#{where.delete_prefix("#{root}/")}:#{line}"
        { code: 'syntax-error', message: "#{place}, which it requires: #{text}", hint: "mend #{place}", also: place }
      end
      private_class_method :syntax

      def missing(error, root)
        name = error.path.to_s
        if name.empty? || name.start_with?('/')
          shown = name.empty? ? first_line(error) : "there is no file #{name.delete_prefix("#{root}/")}"
          return { code: 'import-error', message: shown, hint: 'look whether the file is there and the name is spelled right' }
        end
        gem_name = GEMS.fetch(name) { name.split('/').first }
        command =
          if File.file?(File.join(root, 'Gemfile')) then "bundle add #{gem_name}"
          else "gem install #{gem_name}, and name it in a Gemfile"
          end
        { code: 'import-error', message: "there is no library #{name.inspect}",
          hint: "#{command}; a file of the project is required relative to the file (require_relative), " \
                'to the project, to motia/ or to motia/steps/' }
      end
      private_class_method :missing

      def first_line(error)
        Stacks.message_of(error).lines.first.to_s.strip
      end
      private_class_method :first_line
    end
  end
end
