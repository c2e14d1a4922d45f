# frozen_string_literal: true

# A schema as the author wrote it, understood: its JSON Schema, and how a value is read by it.

require 'motia/schemas/checks'
require 'motia/schemas/forms'

module Motia
  module Schemas
    # One schema, compiled.
    class Schema
      # JSON Schema, draft 2020-12, with text keys.
      attr_reader :json
      # The names that are known, nil when any may come.
      attr_reader :names

      # `fields`: the author wrote a Hash of names.
      def initialize(json, fields: false)
        @json = json
        @is_fields = fields
        properties = json['properties']
        @names = properties.keys if properties.is_a?(Hash) && (fields || !properties.empty?)
        @checks = {}
        @fill = filler(json, json['$defs'] || {}, 0)
      end

      # Whether the author wrote a Hash of names, so that each of them is meant to be taken.
      def fields?
        @is_fields
      end

      # The value with defaults, checked. What it holds is changed in place.
      #
      # `text: true`: text stands for numbers and booleans, as in a form. Raises InputInvalid with every problem.
      def read(value, where, text: false)
        value = Texts.convert(value, @json) if text
        value = @fill.call(value) if @fill
        check = @checks.fetch(where) { @checks[where] = Checks.compile(@json, where) }
        return value unless check

        problems = []
        check.call(value, '', problems)
        problems.empty? ? value : raise(InputInvalid, problems)
      end

      # The same schema with these names no longer required: the handler has a default for them.
      def without_required(names)
        left = Array(@json['required']) - names
        json = left.empty? ? @json.reject { |name, _| name == 'required' } : @json.merge('required' => left)
        Schema.new(json, fields: @is_fields)
      end

      private

      # A lambda that applies the defaults of a JSON Schema, nil when it has none.
      def filler(schema, defs, depth)
        return nil if !schema.is_a?(Hash) || depth > 16
        return filler(defs[schema['$ref'].rpartition('/').last], defs, depth + 1) if schema['$ref'].is_a?(String)

        properties = schema['properties'].is_a?(Hash) ? schema['properties'] : {}
        defaults = properties.filter_map { |name, part| [name, part['default']] if part.is_a?(Hash) && part.key?('default') }
        inner = properties.transform_values { |part| filler(part, defs, depth + 1) }.compact
        items = filler(schema['items'], defs, depth + 1)
        return nil if defaults.empty? && inner.empty? && items.nil?

        lambda do |value|
          if value.is_a?(Hash)
            defaults.each { |name, default| value[name] = copy(default) unless value.key?(name) }
            inner.each { |name, fill| value[name] = fill.call(value[name]) if value.key?(name) }
          elsif items && value.is_a?(Array)
            value.map!(&items)
          end
          value
        end
      end

      def copy(value)
        case value
        when Hash then value.transform_values { |one| copy(one) }
        when Array then value.map { |one| copy(one) }
        when String then value.dup
        else value
        end
      end
    end

    # Text that stands for numbers, booleans and arrays, as in forms and headers.
    module Texts
      INTEGER = /\A-?\d+\z/.freeze
      NUMBER = /\A-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\z/.freeze

      module_function

      # `value` (an object of texts) as its schema has it; what cannot be converted stays text.
      def convert(value, schema)
        properties = schema['properties']
        return value unless value.is_a?(Hash) && properties.is_a?(Hash)

        value.to_h { |name, one| [name, convert_one(one, properties[name])] }
      end

      def convert_one(value, schema)
        return value unless schema.is_a?(Hash)

        types = Array(schema['type'])
        if types.include?('array') && !types.include?('string')
          return (value.is_a?(Array) ? value : [value]).map { |one| convert_one(one, schema['items']) }
        end
        return value if !value.is_a?(String) || types.include?('string')
        return value.to_i if types.include?('integer') && INTEGER.match?(value)
        return number(value) if types.include?('number') && NUMBER.match?(value)
        return value == 'true' if types.include?('boolean') && %w[true false].include?(value)

        value
      end
      private_class_method :convert_one

      def number(text)
        INTEGER.match?(text) ? text.to_i : text.to_f
      end
      private_class_method :number
    end

    # Understands a schema in any of its forms.
    #
    # `what` is where it is, for the error: `schema.body`. Raises Unreadable.
    def self.read(form, what)
      json, is_fields = Forms.read(form, what)
      Schema.new(json, fields: is_fields)
    end

    # The schema of an object with these names, as the parameters of a block say it.
    def self.of_names(properties, required)
      json = { 'type' => 'object', 'properties' => properties }
      json['required'] = required unless required.empty?
      Schema.new(json, fields: true)
    end
  end
end
