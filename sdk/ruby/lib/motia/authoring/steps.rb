# frozen_string_literal: true

# The words of step files: `api`, `event`, `cron`, `noop`, `on_start`, `on_stop`, and what handlers use.
#
# They are methods of the `main` object alone, not of Object: a step file's top level, its blocks and its
# top-level methods have `main` as self; other classes do not answer to them and write `Motia.trigger`.
# What is wrong with a declaration is found here, all of it at once, and never when the step runs.

require 'motia/authoring/binding_api'
require 'motia/authoring/options'
require 'motia/authoring/outcomes'
require 'motia/authoring/registry'
require 'motia/authoring/response'
require 'motia/authoring/workflows'

module Motia
  # Declarations of steps.
  module Steps
    COMMON = {
      id: ->(value) { Options.step_id(value) },
      description: ->(value) { Options.text(value, 'description') },
      flows: ->(value) { Options.ids(value, 'flows') },
      triggers: ->(value) { Options.ids(value, 'triggers') },
      on_error: ->(value) { Options.step_id(value, 'on_error') },
      timeout: ->(value) { Options.duration_ms(value, 'timeout') }
    }.freeze
    RETRYING = {
      retries: ->(value) { Options.whole_number(value, 'retries', least: 0) },
      backoff: ->(value) { Options.backoff(value) },
      concurrency: ->(value) { Options.concurrency(value) }
    }.freeze
    SCHEMA = { schema: ->(value) { value } }.freeze
    TOPICS = { topics: ->(value) { Options.ids(value, 'topics') } }.freeze
    KNOWN = {
      'api' => { **COMMON, **SCHEMA,
                 method: ->(value) { Options.http_method(value) },
                 path: ->(value) { Options.path(value) },
                 middleware: ->(value) { Options.middleware(value) } },
      'event' => { **COMMON, **SCHEMA, **TOPICS, **RETRYING,
                   key: ->(value) { Options.filled_text(value, 'key') },
                   on_dead: ->(value) { Options.one_of(value, 'on_dead', %w[skip block]) },
                   queue_depth: ->(value) { Options.whole_number(value, 'queue_depth', least: 1) } },
      'cron' => { **COMMON, **RETRYING,
                  schedule: ->(value) { Options.filled_text(value, 'schedule') },
                  timezone: ->(value) { Options.timezone(value) },
                  catch_up: ->(value) { Options.one_of(value, 'catch_up', %w[latest none all]) },
                  overlap: ->(value) { Options.one_of(value, 'overlap', %w[skip queue allow]) } },
      'noop' => { **COMMON, **SCHEMA, **TOPICS, triggered_by: ->(value) { Options.ids(value, 'triggered_by') } }
    }.freeze
    REQUIRED = { 'api' => %i[id path], 'event' => %i[id], 'cron' => %i[id schedule], 'noop' => %i[id] }.freeze
    COMMENT = /\A\s*#\s?(.*)\z/.freeze

    # What step files may write, and what handlers use.
    module Dsl
      include Functions

      # Makes a block the handler of an HTTP request.
      #
      # Options: `id`, `path` ('/users/:id'), `method` (GET unless said), `schema` (`{body:, query:, params:,
      # headers:, response:}`), `middleware`, and the common ones: `description`, `flows`, `triggers`,
      # `on_error`, `timeout`. Returns the StepDefinition.
      def api(**options, &handler)
        Steps.declare('api', options, handler, caller_locations(1, 1).first)
      end

      # Makes a block the handler of an event: of its id, and of the topics it subscribes to.
      #
      # Options: `id`, `schema`, `topics`, `concurrency`, `retries`, `backoff`, `key`, `on_dead`,
      # `queue_depth`, and the common ones. Returns the StepDefinition.
      def event(**options, &handler)
        Steps.declare('event', options, handler, caller_locations(1, 1).first)
      end

      # Makes a block the handler of a schedule.
      #
      # Options: `id`, `schedule` (5 or 6 fields, '@daily'…), `timezone` (UTC unless said), `catch_up`,
      # `overlap`, `retries`, `backoff`, `concurrency`, and the common ones. Returns the StepDefinition.
      def cron(**options, &handler)
        Steps.declare('cron', options, handler, caller_locations(1, 1).first)
      end

      # Declares a step that happens outside: a person, another system. It has no handler.
      #
      # Options: `id`, `triggers`, `triggered_by`, `topics`, `schema`, and the common ones.
      def noop(**options)
        Steps.declare('noop', options, nil, caller_locations(1, 1).first)
      end

      # Configures a workflow: which step runs after which. Only in files below motia/workflows.
      #
      # Options: `id`, `start` (the step whose run opens an instance), `steps` (the id of each further step to
      # `{ after: [ids], with: {…} }`), `description`, `on_failure`, `timeout`; by name or in one Hash. What is
      # wrong with them is told when the project is loaded. Returns the options.
      def workflow(options = {}, **named)
        Workflows.declare(options.is_a?(Hash) ? { **options, **named } : options, caller_locations(1, 1).first)
      end

      # Runs the block once per worker process, before its first step.
      def on_start(&block)
        Steps.hook('start', block, caller_locations(1, 1).first)
      end

      # Runs the block once per worker process, after its last step.
      def on_stop(&block)
        Steps.hook('stop', block, caller_locations(1, 1).first)
      end

      # An answer of an api handler.
      #
      # `body`: any JSON value; text and bytes are sent as they are; an Enumerator, an IO or anything else
      # with `each` is streamed piece by piece; nil: no body. `status`: 200 to 599. `headers`: by name; an
      # array of values repeats the header (`set-cookie`); without `content-type` it follows from the body.
      #
      # Raises CallerError when the status or a header cannot be sent.
      def response(body = nil, status: 200, headers: {})
        Response.new(body, status: status, headers: headers)
      end

      # An item for an Enumerator that names its event type, id or reconnection delay (ms).
      def sse(data = nil, event: '', id: '', retry_ms: nil)
        [event, id].each do |text|
          next unless text.match?(/[\r\n\0]/)

          raise CallerError, "event and id of a server-sent event are one line of text, not #{text.inspect}"
        end
        ServerSentEvent.new(data: data, event: event, id: id, retry_ms: retry_ms)
      end

      # The module Motia: `motia.trigger`, `motia.call`, `motia.state`, `motia.logger`.
      def motia
        Motia
      end

      # `trigger(target, phone: '1')`, or `trigger(target, payload, delay: 2)`: sends an event to the step,
      # or the subscribers of the topic, `target`. Keywords are the payload, unless there is a positional
      # payload: then they are options; nil is null. Without either the payload is `{}`.
      #
      # Returns a Receipt when the event is durable: it will be delivered although this handler fails. It
      # does not wait for the receiving handler unless `wait` is given.
      #
      # Options: `delay` (run it after so long: seconds, or '5m'), `at` (a Time, or ms since the epoch), `key`
      # (events of one key are handled one after another), `idempotency_key` (a second event of this name
      # within 24 h is the first), `priority` (lower goes first; 0), `unique` (false: a retry of this handler
      # sends it again), `wait` (wait so long for the run to finish; true: 60 s).
      #
      # Raises PayloadInvalid (nothing was queued), PayloadTooLarge, ValueNotJson, NotInHandler (nothing was
      # sent) or a WorldError (it could not be accepted now).
      def trigger(...)
        Calls.trigger(...)
      end

      # Runs the step `target` and returns its result. Arguments as for `trigger`; options are `timeout` (most
      # time to wait; the run goes on after it), `key`, `idempotency_key`, `priority`, `unique`.
      #
      # Raises CallFailed when the step failed for good, and UnknownTarget.
      def call(...)
        Calls.call(...)
      end
    end

    class << self
      # Reads a declaration, reports what is wrong with it and registers it when nothing is.
      def declare(kind, options, block, location)
        file, line = block ? block.source_location : [location.absolute_path || location.path, location.lineno]
        declaration = Declaration.new(kind, file: file, line: line)
        values = declaration.read(options)
        values[:description] ||= comment_above(location, kind) if kind != 'noop'
        handler, binding = declaration.bind(block, values)
        Registry.add_faults(declaration.faults) if declaration.faults.any?
        return nil if declaration.wrong?

        spec = declaration.spec(values, binding)
        definition = StepDefinition.new(spec: spec, handler: handler, binding: binding,
                                        middleware: values[:middleware] || [])
        Registry.add_step(definition)
        definition
      end

      # Registers a hook.
      def hook(moment, block, location)
        file = Registry.relative(location.absolute_path || location.path)
        problem =
          if block.nil? then ["on_#{moment} has no block", "write on_#{moment} { … }"]
          elsif block.arity.positive? then ["on_#{moment}: the block takes an argument", 'a hook takes no arguments']
          end
        if problem
          Registry.add_faults([{ code: 'signature-mismatch', file: file, line: location.lineno, message: problem[0],
                                 hint: problem[1] }])
        else
          Registry.add_hook(Hook.new(moment: moment, block: Handlers.of(block), file: file, line: location.lineno))
        end
        nil
      end

      private

      # The first paragraph of the comment that stands right above a declaration.
      def comment_above(location, kind)
        lines = Sources.lines(location.absolute_path)
        index = location.lineno - 1
        return nil unless lines[index]&.match?(/\b#{kind}\b/)

        found = []
        while index.positive? && (text = lines[index - 1][COMMENT, 1])
          found.unshift(text.strip)
          index -= 1
        end
        found = found.drop_while { |text| text.empty? || text.start_with?('!') || text.match?(/\A\w+(_\w+)*: \w+\z/) }
        paragraph = found.take_while { |text| !text.empty? }.join(' ')
        paragraph.empty? ? nil : Json.clean(paragraph)
      end
    end

    # Lines of source files, as they were when they were first asked for.
    module Sources
      FILES_MAX = 200
      @lines = {}

      class << self
        # The lines of a file, none when it cannot be read.
        def lines(file)
          @lines.clear if @lines.size > FILES_MAX
          @lines[file] ||= file && File.file?(file) ? File.read(file, encoding: 'UTF-8').scrub.lines(chomp: true) : []
        rescue SystemCallError
          []
        end

        # One line without its indent, nil when there is none.
        def line(file, number)
          text = number.positive? ? lines(file)[number - 1]&.strip : nil
          text unless text.nil? || text.empty?
        end
      end
    end

    # One declaration while it is read, with what is wrong with it.
    class Declaration
      attr_reader :faults

      def initialize(kind, file:, line:)
        @kind = kind
        @file = Registry.relative(file)
        @line = line
        @id = ''
        @faults = []
      end

      # Whether it cannot be used.
      def wrong?
        @faults.any? { |fault| fault[:severity] != 'warning' }
      end

      # The options that are right, as the manifest has them.
      def read(options)
        known = KNOWN.fetch(@kind)
        @id = options[:id].to_s
        values = options.filter_map do |name, value|
          if !known.key?(name)
            add('unknown-option', "there is no option #{name.to_s.inspect}",
                Options.closest(name.to_s, known.keys.map(&:to_s)))
          elsif !value.nil?
            read_one(name, value, known)
          end
        end.to_h
        REQUIRED.fetch(@kind).each do |name|
          add('missing-option', "the option #{name.to_s.inspect} is missing", "write #{@kind} #{name}: …") if options[name].nil?
        end
        values
      end

      # `[handler, binding]` of the block.
      def bind(block, values)
        return [nil, noop_binding(values)] if @kind == 'noop'

        unless block
          add('not-a-function', 'it has no block', "write #{@kind}(…) do |…| … end")
          return [nil, nil]
        end
        handler = Handlers.of(block)
        binding = binding_of(Signature.of(handler), values)
        binding.mismatches.each { |one| add(one.code, one.message, one.hint, one.severity) }
        [handler, binding]
      rescue Schemas::Unreadable => error
        add('schema-unreadable', error.message, error.hint)
        [nil, nil]
      end

      # The entry of the manifest.
      def spec(values, binding)
        spec = { id: values[:id], kind: @kind, language: 'ruby', source: { file: @file, line: @line, function: '' } }
        values.each { |name, value| spec[name == :timeout ? :timeout_ms : name] = value }
        %i[schema middleware].each { |name| spec.delete(name) }
        if @kind == 'api'
          spec[:method] ||= 'GET'
          spec[:request] = binding.schemas unless binding.schemas.empty?
        elsif binding&.schema
          spec[:schema] = binding.schema.json
        end
        spec.compact
      end

      private

      def read_one(name, value, known)
        [name, known[name].call(value)]
      rescue Options::Wrong => error
        add('invalid-option', error.message, error.hint)
        nil
      end

      def binding_of(signature, values)
        case @kind
        when 'api'
          ApiBinding.new(signature, method: values.fetch(:method, 'GET'), path: values.fetch(:path, '/'),
                                    form: values[:schema])
        when 'cron' then CronBinding.new(signature)
        else EventBinding.new(signature, values[:schema])
        end
      end

      NoopBinding = Struct.new(:schema)
      private_constant :NoopBinding

      def noop_binding(values)
        NoopBinding.new(values[:schema] && Schemas.read(values[:schema], 'schema'))
      rescue Schemas::Unreadable => error
        add('schema-unreadable', error.message, error.hint)
        nil
      end

      def add(code, message, hint = '', severity = 'error')
        name = @id.empty? ? "#{@kind} step" : "#{@kind} step #{@id.inspect}"
        fault = { code: code, file: @file, line: @line, message: Json.clean("#{name}: #{message}"),
                  hint: Json.clean(hint) }
        fault[:severity] = severity if severity != 'error'
        @faults << fault
        nil
      end
    end
  end
end
