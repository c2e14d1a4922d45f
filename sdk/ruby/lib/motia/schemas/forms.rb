# frozen_string_literal: true

# Every form in which an author may write a schema, turned into JSON Schema (draft 2020-12).
#
# A form is a Hash of name to type or to JSON Schema; a JSON Schema; or a type: a class such as String,
# `[String]` for an array of it, or a symbol such as :boolean.

require 'json'
require 'motia/authoring/options'

module Motia
  module Schemas
    # A schema that cannot be read; the message says what and where, `hint` what to write.
    class Unreadable < StandardError
      attr_reader :hint

      def initialize(message, hint = '')
        super(message)
        @hint = hint
      end
    end

    # Reads forms.
    module Forms
      KEYWORDS = %w[
        $schema $id $ref $defs $anchor $comment definitions type enum const properties required
        additionalProperties patternProperties propertyNames minProperties maxProperties items prefixItems
        minItems maxItems uniqueItems contains minLength maxLength pattern format minimum maximum
        exclusiveMinimum exclusiveMaximum multipleOf anyOf oneOf allOf not if then else title description
        default examples deprecated readOnly writeOnly contentEncoding contentMediaType
      ].freeze
      JSON_TYPES = %w[array boolean integer null number object string].freeze
      BY_CLASS = {
        'String' => { 'type' => 'string' }, 'Symbol' => { 'type' => 'string' }, 'Integer' => { 'type' => 'integer' },
        'Float' => { 'type' => 'number' }, 'Numeric' => { 'type' => 'number' }, 'Hash' => { 'type' => 'object' },
        'Array' => { 'type' => 'array' }, 'TrueClass' => { 'type' => 'boolean' }, 'FalseClass' => { 'type' => 'boolean' },
        'NilClass' => { 'type' => 'null' }, 'Object' => {}, 'BasicObject' => {},
        'Time' => { 'type' => 'string', 'format' => 'date-time' },
        'DateTime' => { 'type' => 'string', 'format' => 'date-time' },
        'Date' => { 'type' => 'string', 'format' => 'date' }
      }.freeze
      HINT = 'use a class such as String, Integer, [String], :boolean, Object for anything, or a JSON Schema'

      module_function

      # `[JSON Schema, is it a Hash of names]` of a form.
      #
      # Raises Unreadable when it is none.
      def read(form, place)
        return [type_json(form, place), false] unless form.is_a?(Hash)

        texts = texted(form, place)
        json_schema?(texts) ? [schema_json(texts, place), false] : [fields_json(texts, place), true]
      end

      # Whether a Hash is a JSON Schema rather than a Hash of names.
      def json_schema?(form)
        return false if form.empty?
        return true if form.key?('$schema') || form['$ref'].is_a?(String)

        type = form['type']
        return true if type.is_a?(String) || JSON_TYPES.include?(type.is_a?(Symbol) ? type.name : nil)
        return true if type.is_a?(Array) && type.any? && type.all?(String)
        return false unless form.keys.all? { |name| KEYWORDS.include?(name) }

        # `{ items: Array }` names a field `items`; `{ items: { type: … } }` is a JSON Schema.
        form.values.none? { |value| type?(value) }
      end

      def fields_json(form, place)
        required = []
        properties = form.to_h do |name, value|
          here = "#{place}[#{name.inspect}]"
          json, is_required = field_json(value, here)
          required << name if is_required
          [name, json]
        end
        body = { 'type' => 'object', 'properties' => properties }
        required.empty? ? body : body.merge('required' => required)
      end
      private_class_method :fields_json

      def field_json(value, place)
        return [type_json(value, place), !value.nil? && value != NilClass] unless value.is_a?(Hash)

        texts = texted(value, place)
        return [fields_json(texts, place), true] unless texts.empty? || json_schema?(texts)

        [schema_json(texts, place), !texts.key?('default')]
      end
      private_class_method :field_json

      def type_json(type, place)
        case type
        when nil then BY_CLASS['NilClass']
        when Class
          BY_CLASS[type.name.to_s.sub(/\A#<Module:0x\h+>::/, '')] || raise(unreadable(type, place))
        when Symbol then symbol_json(type, place)
        when Array
          raise Unreadable.new("#{place} is #{type.inspect}", 'an array of one kind is written [String]') if type.size != 1

          { 'type' => 'array', 'items' => read(type.first, "#{place}[0]").first }
        else raise unreadable(type, place)
        end
      end
      private_class_method :type_json

      def symbol_json(type, place)
        return {} if type == :any
        raise unreadable(type, place) unless JSON_TYPES.include?(type.name)

        { 'type' => type.name }
      end
      private_class_method :symbol_json

      def schema_json(schema, place)
        plain = plain(schema, place)
        Array(plain['type']).each do |type|
          next if JSON_TYPES.include?(type)

          raise Unreadable.new("#{place} says type #{type.inspect}, which JSON Schema does not have",
                               "one of #{JSON_TYPES.join(', ')}")
        end
        plain
      end
      private_class_method :schema_json

      def plain(value, place)
        case value
        when Hash then texted(value, place).to_h { |name, one| [name, plain(one, "#{place}/#{name}")] }
        when Array then value.each_with_index.map { |one, index| plain(one, "#{place}/#{index}") }
        when Symbol then value.name
        when String, Integer, true, false, nil then value
        when Float
          value.finite? ? value : raise(Unreadable.new("#{place} is #{value}", 'a JSON Schema consists of JSON values'))
        else
          raise Unreadable.new("#{place} is #{value.inspect}, which is not JSON", 'a JSON Schema consists of JSON values')
        end
      end
      private_class_method :plain

      def texted(form, place)
        form.to_h do |name, value|
          unless name.is_a?(String) || name.is_a?(Symbol)
            raise Unreadable.new("#{place} has the key #{name.inspect}: names are text")
          end
          [name.to_s, value]
        end
      end
      private_class_method :texted

      def type?(value)
        value.is_a?(Class) || (value.is_a?(Array) && value.size == 1 && value.first.is_a?(Class))
      end
      private_class_method :type?

      def unreadable(value, place)
        hint =
          case value
          when String then "write the class itself, not its name as text: #{value}, or { type: 'string' }"
          when Class, Module, Symbol, Proc then HINT
          else "write the class (#{value.class}), not a value; a default is written { type: …, default: #{value.inspect} }"
          end
        Unreadable.new("#{place} is #{value.inspect}, which has no JSON form", hint)
      end
      private_class_method :unreadable
    end
  end
end
