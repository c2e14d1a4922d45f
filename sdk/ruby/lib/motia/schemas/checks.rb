# frozen_string_literal: true

# Checks of a value against JSON Schema, compiled to lambdas: the words of it that need no library.
#
# The engine checks with all of JSON Schema before a handler is asked; this is the worker's own look at
# what it hands to a block. A word that is not known here is left to the engine, so that nothing is
# refused that the schema accepts.

require 'motia/schemas/problems'

module Motia
  module Schemas
    # Compiles JSON Schemas.
    class Checks
      TYPES = {
        'string' => ->(value) { value.is_a?(String) },
        'integer' => ->(value) { value.is_a?(Integer) || (value.is_a?(Float) && value.finite? && value == value.floor) },
        'number' => ->(value) { value.is_a?(Integer) || value.is_a?(Float) },
        'boolean' => ->(value) { value == true || value == false },
        'object' => ->(value) { value.is_a?(Hash) },
        'array' => ->(value) { value.is_a?(Array) },
        'null' => ->(value) { value.nil? }
      }.freeze
      # Keyword, class of value, whether it fits, and what is said when it does not.
      LIMITS = {
        'minimum' => [Numeric, ->(value, limit) { value >= limit }, 'must be at least %s'],
        'maximum' => [Numeric, ->(value, limit) { value <= limit }, 'must be at most %s'],
        'exclusiveMinimum' => [Numeric, ->(value, limit) { value > limit }, 'must be more than %s'],
        'exclusiveMaximum' => [Numeric, ->(value, limit) { value < limit }, 'must be less than %s'],
        'minLength' => [String, ->(value, limit) { value.size >= limit }, 'must have at least %s characters'],
        'maxLength' => [String, ->(value, limit) { value.size <= limit }, 'must have at most %s characters'],
        'minItems' => [Array, ->(value, limit) { value.size >= limit }, 'must have at least %s items'],
        'maxItems' => [Array, ->(value, limit) { value.size <= limit }, 'must have at most %s items'],
        'minProperties' => [Hash, ->(value, limit) { value.size >= limit }, 'must have at least %s fields'],
        'maxProperties' => [Hash, ->(value, limit) { value.size <= limit }, 'must have at most %s fields']
      }.freeze
      DEPTH_MAX = 64

      # A lambda `(value, path, problems)` that adds what does not fit; nil when there is nothing to check.
      def self.compile(schema, where)
        new(schema, where).check_of(schema, 0)
      end

      def initialize(root, where)
        @defs = root.is_a?(Hash) ? root['$defs'] || {} : {}
        @where = where
        @by_reference = {}
      end

      # The check of a part of the schema.
      def check_of(schema, depth)
        return nil if !schema.is_a?(Hash) || depth > DEPTH_MAX

        checks = [type_check(schema['type']), values_check(schema), object_check(schema, depth),
                  items_check(schema['items'], depth), reference_check(schema['$ref'], depth), *limit_checks(schema),
                  *all_checks(schema['allOf'], depth)].compact
        return checks.first if checks.size < 2

        ->(value, path, problems) { checks.each { |check| check.call(value, path, problems) } }
      end

      private

      def type_check(type)
        names = Array(type)
        tests = names.map { |name| TYPES[name] }
        return nil if names.empty? || tests.any?(&:nil?)

        where = @where
        said = Problems.types(names)
        lambda do |value, path, problems|
          next if tests.any? { |test| test.call(value) }

          problems << Problems.unfit(path, said, where, 'type')
        end
      end

      def values_check(schema)
        where = @where
        keyword, allowed = schema.key?('const') ? ['const', [schema['const']]] : ['enum', schema['enum']]
        return nil unless allowed.is_a?(Array)

        said = Problems.options(allowed)
        lambda do |value, path, problems|
          next if allowed.include?(value)

          problems << Problems.unfit(path, said, where, keyword)
        end
      end

      def object_check(schema, depth)
        properties = schema['properties'].is_a?(Hash) ? schema['properties'] : {}
        required = schema['required'].is_a?(Array) ? schema['required'] : []
        inner = properties.transform_values { |part| check_of(part, depth + 1) }.compact
        closed = schema['additionalProperties'] == false && !schema.key?('patternProperties')
        return nil if inner.empty? && required.empty? && !closed

        where = @where
        lambda do |value, path, problems|
          next unless value.is_a?(Hash)

          inner.each do |name, check|
            check.call(value[name], "#{path}/#{Problems.escape(name)}", problems) if value.key?(name)
          end
          required.each { |name| problems << Problems.missing(path, name, where) unless value.key?(name) }
          next unless closed

          value.each_key { |name| problems << Problems.unknown(path, name, where) unless properties.key?(name) }
        end
      end

      def items_check(schema, depth)
        check = check_of(schema, depth + 1)
        return nil unless check

        lambda do |value, path, problems|
          next unless value.is_a?(Array)

          value.each_with_index { |item, index| check.call(item, "#{path}/#{index}", problems) }
        end
      end

      def reference_check(reference, depth)
        return nil unless reference.is_a?(String) && reference.start_with?('#/$defs/')

        name = reference.delete_prefix('#/$defs/')
        # Looked up when it is needed: a definition may refer to itself.
        lambda do |value, path, problems|
          @by_reference[name] = check_of(@defs[name], depth + 1) unless @by_reference.key?(name)
          @by_reference[name]&.call(value, path, problems)
        end
      end

      def limit_checks(schema)
        LIMITS.filter_map do |keyword, (kind, fits, message)|
          limit = schema[keyword]
          next unless limit.is_a?(Numeric)

          where = @where
          said = format(message, Problems.number(limit))
          lambda do |value, path, problems|
            next if !value.is_a?(kind) || fits.call(value, limit)

            problems << Problems.unfit(path, said, where, keyword)
          end
        end
      end

      def all_checks(schemas, depth)
        schemas.is_a?(Array) ? schemas.map { |schema| check_of(schema, depth + 1) } : []
      end
    end
  end
end
