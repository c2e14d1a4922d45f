# frozen_string_literal: true

# How a request becomes the arguments of an api handler. Decided once, at load.
#
# A name is looked for in the path, then in the query, then in the body. `request`, `body`, `params`,
# `query`, `headers` and `ctx` are the parts themselves. The first positional parameter of another name is
# the request, the next one the context. Names that no schema has are the query (GET, HEAD, DELETE,
# OPTIONS) or the body.

require 'motia/authoring/binding'

module Motia
  # The binding of an api handler.
  class ApiBinding
    PARTS = %w[params query body headers].freeze
    BODYLESS = %w[GET HEAD DELETE OPTIONS].freeze
    PATH_NAME = /:([A-Za-z_][A-Za-z0-9_]*)/.freeze

    attr_reader :mismatches
    # JSON Schema by part, `response` too.
    attr_reader :schemas

    # `form`: Hash of part (body, query, params, headers, response) to form, or nil.
    #
    # Raises Schemas::Unreadable.
    def initialize(signature, method:, path:, form:)
      @signature = signature
      @has_body = !BODYLESS.include?(method)
      @path_names = path.scan(PATH_NAME).flatten
      @mismatches = signature.takes_splat ? [Bindings.no_splat] : []
      @parts, response = read_forms(form)
      @places = places_of(signature.parameters)
      add_parts_of_names
      relax_parts
      check_params_schema
      @schemas = @parts.transform_values(&:json)
      @schemas['response'] = response.json if response
      @read_parts = PARTS.select { |part| @places.each_value.include?([:name, part]) }
    end

    # `[arguments, keywords]` for a request. Raises InputInvalid.
    def bind(request, invocation)
      values = read_parts(request)
      positional = []
      keywords = @signature.takes_rest ? rest_of(request) : {}
      missing = []
      @places.each do |one, (how, part)|
        value = value_of(how, part, one, request, invocation, values) { |problem| missing << problem }
        next if value.equal?(NOTHING)

        one.positional ? positional << value : keywords[one.key] = value
      end
      raise InputInvalid, missing unless missing.empty?

      [positional, keywords]
    end

    private

    NOTHING = Object.new.freeze
    private_constant :NOTHING

    def read_forms(form)
      return [{}, nil] if form.nil?
      unless form.is_a?(Hash)
        raise Schemas::Unreadable.new("schema of an api step is #{form.inspect}",
                                      'write schema: { body: …, query: …, params: …, headers: …, response: … }')
      end
      given = form.compact.transform_keys(&:to_s)
      wrong = given.keys.find { |part| !PARTS.include?(part) && part != 'response' }
      if wrong
        raise Schemas::Unreadable.new("schema has the part #{wrong.inspect}, which a request does not have",
                                      'the parts are body, query, params, headers and response')
      end
      read = given.to_h { |part, one| [part, Schemas.read(one, "schema.#{part}")] }
      [read, read.delete('response')]
    end

    # Parameter to `[how, part]`: :request, :ctx, :part, :name; :default when nothing fits and it has one.
    def places_of(parameters)
      free = [[:request, nil], [:ctx, nil]]
      parameters.to_h do |one|
        place = known_place(one) || (one.positional && free.shift) || undeclared(one)
        @mismatches << no_place(one) unless place
        [one, place || [:default, nil]]
      end.compare_by_identity
    end

    def known_place(one)
      return [:ctx, nil] if one.context?
      return [:request, nil] if one.key == :request
      return [:part, one.name] if PARTS.include?(one.name)
      return [:name, 'params'] if @path_names.include?(one.name)

      part = %w[query body].find { |name| @parts[name]&.names&.include?(one.name) }
      part && [:name, part]
    end

    def undeclared(one)
      return [:name, 'query'] if !@parts.key?('query') && (!@has_body || @parts.key?('body'))
      return [:name, 'body'] if @has_body && !@parts.key?('body')

      open = %w[query body].find { |part| @parts.key?(part) && @parts[part].names.nil? }
      return [:name, open] if open

      [:default, nil] unless one.required
    end

    def no_place(one)
      known = @path_names + %w[query body].flat_map { |part| @parts[part]&.names || [] }
      Mismatch.error("the parameter #{one.name.inspect} is neither in the path nor in the query nor in the body",
                     "known names are #{known.empty? ? 'none' : known.join(', ')}, and request, body, params, query, " \
                     'headers, ctx')
    end

    # Schemas of the parts that only the handler's parameters describe.
    def add_parts_of_names
      PARTS.each do |part|
        next if @parts.key?(part)

        taken = @places.filter_map { |one, place| one if place == [:name, part] }
        next if taken.empty?

        type = part == 'params' ? { 'type' => 'string' } : {}
        @parts[part] = Schemas.of_names(taken.to_h { |one| [one.name, type] }, taken.select(&:required).map(&:name))
      end
    end

    def relax_parts
      @parts.each do |part, schema|
        optional = @places.filter_map { |one, place| one.name if place == [:name, part] && !one.required }
        @parts[part] = schema.without_required(optional) if schema.fields? && optional.any?
      end
    end

    def check_params_schema
      (@parts['params']&.names || []).each do |name|
        next if @path_names.include?(name)

        @mismatches << Mismatch.error("schema.params names #{name.inspect}, which is not in the path",
                                      "the path has #{@path_names.empty? ? 'no parameters' : @path_names.join(', ')}")
      end
    end

    def read_parts(request)
      return Bindings::NO_KEYWORDS if @read_parts.empty?

      problems = []
      values = {}
      @read_parts.each do |part|
        values[part] = read_part(part, request)
      rescue InputInvalid => error
        problems.concat(error.problems)
      end
      problems.empty? ? values : raise(InputInvalid, problems)
    end

    # A part of the request by its schema. Texts stand for numbers in forms and headers; what the engine
    # has converted (params, query) and JSON are read strictly.
    def read_part(part, request)
      schema = @parts[part]
      case part
      when 'body' then read_body(schema, request)
      when 'headers' then schema.read(request.headers.to_h, part, text: true)
      else schema.read(part == 'params' ? request.params : request.query, part)
      end
    end

    def read_body(schema, request)
      case request.media
      when 'json', 'none'
        body = request.media == 'json' ? request.body : nil
        schema.read(body.nil? && request.raw.empty? ? {} : body, 'body')
      when 'form' then schema.read(request.form, 'body', text: true)
      when 'multipart'
        files = request.files.to_h { |name, _| [name, ''] } # the schema sees that a file is there, not what it holds
        schema.read(files.merge(request.form), 'body', text: true).merge(request.files)
      else raise InputInvalid, [Schemas::Problems.unfit('', 'a JSON or form body is expected', 'body', 'required')]
      end
    end

    def value_of(how, part, one, request, invocation, values)
      case how
      when :request then request
      when :ctx then Context.of(invocation)
      when :part then part_of(part, request)
      when :name
        found = values[part]
        if found.is_a?(Hash) && found.key?(one.name)
          found[one.name]
        else
          yield Schemas::Problems.missing('', one.name, part) if one.required
          NOTHING
        end
      else NOTHING
      end
    end

    def part_of(part, request)
      schema = @parts[part]
      case part
      when 'body'
        return request.body unless schema
        if request.raw.empty? && request.media != 'multipart'
          raise InputInvalid, [Schemas::Problems.unfit('', 'a body is required', 'body', 'required')]
        end
        %w[text bytes].include?(request.media) ? request.body : read_body(schema, request)
      when 'headers' then request.headers
      else schema ? read_part(part, request) : request.public_send(part)
      end
    end

    def rest_of(request)
      body = %w[json form multipart].include?(request.media) ? request.body : nil
      all = (body.is_a?(Hash) ? body : {}).merge(request.query, request.params)
      Bindings.rest(all, @signature.parameters)
    end
  end
end
