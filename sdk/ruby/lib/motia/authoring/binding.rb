# frozen_string_literal: true

# How an event's payload becomes the arguments of a handler. Decided once, at load.
#
# A parameter, positional or keyword, takes the payload key of its name. The first positional parameter
# that is not named after one takes the whole payload, the next one the context; `ctx` is the context.
#
# Invariants
# 1. A binding can fail at run time only with InputInvalid.

require 'motia/authoring/context'
require 'motia/authoring/signatures'
require 'motia/schemas/reader'

module Motia
  # A disagreement between block and schema.
  Mismatch = Struct.new(:message, :hint, :code, :severity, keyword_init: true) do
    def self.error(message, hint = '')
      new(message: message, hint: hint, code: 'signature-mismatch', severity: 'error')
    end
  end

  # The binding of a cron handler: nothing, or the context.
  class CronBinding
    attr_reader :mismatches, :schema

    def initialize(signature)
      @contexts, others = signature.parameters.partition { |one| one.context? || one.positional }
      @mismatches = others.select(&:required).map do |one|
        Mismatch.error("a cron handler has no payload, so nothing fits the parameter #{one.name.inspect}",
                       'take no parameter, or ctx')
      end
      @mismatches << Bindings.no_splat if signature.takes_splat
    end

    # `[arguments, keywords]` for an invocation.
    def bind(_payload, invocation)
      return [Bindings::NO_ARGUMENTS, Bindings::NO_KEYWORDS] if @contexts.empty?

      context = Context.of(invocation)
      positional, named = @contexts.partition(&:positional)
      [positional.map { context }, named.to_h { |one| [one.key, context] }]
    end
  end

  # The binding of an event handler.
  class EventBinding
    attr_reader :mismatches
    # The schema of the payload, nil for any payload.
    attr_reader :schema

    # `form` is what the author gave, nil when nothing. Raises Schemas::Unreadable.
    def initialize(signature, form)
      @signature = signature
      @mismatches = signature.takes_splat ? [Bindings.no_splat] : []
      given = form.nil? ? nil : Schemas.read(form, 'schema')
      @roles = roles_of(signature.parameters, given&.names)
      @named = signature.parameters.select { |one| @roles[one] == :name }
      @schema = given ? relaxed(given) : schema_of_names
      find_disagreements if given
    end

    # `[arguments, keywords]` for a payload. Raises InputInvalid.
    def bind(payload, invocation)
      payload = @schema.read(payload, 'payload') if @schema
      positional = []
      keywords = rest_of(payload)
      missing = nil
      @signature.parameters.each do |one|
        case @roles[one]
        when :whole then positional << payload
        when :ctx
          one.positional ? positional << Context.of(invocation) : keywords[one.key] = Context.of(invocation)
        else
          if payload.is_a?(Hash) && payload.key?(one.name)
            value = payload[one.name]
            one.positional ? positional << value : keywords[one.key] = value
          elsif one.required
            (missing ||= []) << one
          end
        end
      end
      raise InputInvalid, missing.map { |one| Schemas::Problems.missing('', one.name, 'payload') } if missing

      [positional, keywords]
    end

    private

    def roles_of(parameters, names)
      free = %i[whole ctx]
      parameters.to_h do |one|
        role =
          if one.context? then :ctx
          elsif !one.positional || names&.include?(one.name) then :name
          else free.shift || :name
          end
        [one, role]
      end.compare_by_identity
    end

    def schema_of_names
      return nil if @named.empty?

      Schemas.of_names(@named.to_h { |one| [one.name, {}] }, @named.select(&:required).map(&:name))
    end

    # A default of the block's makes the name optional in a Hash of names.
    def relaxed(schema)
      optional = @named.reject(&:required).map(&:name)
      schema.fields? && optional.any? ? schema.without_required(optional) : schema
    end

    def find_disagreements
      names = @schema.names
      return unless names

      @named.each do |one|
        next if names.include?(one.name) || !one.required

        @mismatches << Mismatch.error(
          "the parameter #{one.name.inspect} is not in the schema, which has #{Bindings.listed(names)}",
          "add #{one.name}: to the schema, rename the parameter, or give it a default"
        )
      end
      find_unused(names)
    end

    def find_unused(names)
      return if !@schema.fields? || @signature.takes_rest || @roles.each_value.include?(:whole)

      unused = names - @named.map(&:name)
      return if unused.empty? || @named.empty?

      @mismatches << Mismatch.new(message: "the handler does not take #{Bindings.listed(unused)} of the schema",
                                  hint: 'add a parameter, or **rest, or leave it out of the schema',
                                  code: 'payload-key-unused', severity: 'warning')
    end

    def rest_of(payload)
      return {} unless @signature.takes_rest && payload.is_a?(Hash)

      Bindings.rest(payload, @signature.parameters)
    end
  end

  # What both kinds of binding share.
  module Bindings
    NO_ARGUMENTS = [].freeze
    NO_KEYWORDS = {}.freeze

    module_function

    # What `**rest` gets of an object: all of it that no parameter takes.
    def rest(object, parameters)
      taken = parameters.map(&:name) << 'ctx'
      object.reject { |name, _| taken.include?(name) }.transform_keys(&:to_sym)
    end

    # A handler that takes `*rest` cannot be bound by name.
    def no_splat
      Mismatch.error('a handler cannot take *rest: arguments are bound by name',
                     'take the names of the payload, or **rest')
    end

    # Names as messages list them.
    def listed(names)
      names.empty? ? 'no names' : names.map(&:inspect).join(', ')
    end
  end
end
