# frozen_string_literal: true

# Checks of the values that declarations take. Each reads one option and says what is wrong with it.

module Motia
  # Readers of options; each returns the value as the manifest has it, or raises Wrong.
  module Options
    METHODS = %w[GET POST PUT PATCH DELETE HEAD OPTIONS].freeze
    ID_BYTES_MAX = 255
    UNITS_MS = { 'ms' => 1, 's' => 1_000, 'm' => 60_000, 'h' => 3_600_000, 'd' => 86_400_000 }.freeze
    DURATION = /\A(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\z/.freeze
    DURATION_MAX_MS = 366 * 86_400_000
    PATH_PART = %r{\A(?::[A-Za-z_][A-Za-z0-9_]*|\*|[^:*?#\s/]+)\z}.freeze
    ZONES_DIR = '/usr/share/zoneinfo'
    ZONE = %r{\A[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*\z}.freeze
    BACKOFF = { initial_ms: 1_000, factor: 2.0, cap_ms: 60_000, jitter: true }.freeze

    # An option has a value it cannot have; `hint` says which it can.
    class Wrong < StandardError
      attr_reader :hint

      def initialize(message, hint = '')
        super(message)
        @hint = hint
      end
    end

    module_function

    # A hint that names the closest of the known names, or all of them.
    def closest(name, known)
      found = known.min_by { |one| distance(name.downcase, one.downcase) }
      near = found && distance(name.downcase, found.downcase) <= [found.size, name.size].max * 0.4
      near ? "did you mean #{found.inspect}?" : "known are #{known.sort.join(', ')}"
    end

    # An id of a step or topic: text of 1 to 255 bytes without control characters.
    def step_id(value, name = 'id')
      value = value.name if value.is_a?(Symbol)
      unless value.is_a?(String) && value.valid_encoding? && !value.strip.empty?
        raise Wrong.new("#{name} is #{value.inspect}", "an id is text that is not empty, such as 'resize-image'")
      end
      if value.bytesize > ID_BYTES_MAX
        raise Wrong.new("#{name} is #{value.bytesize} bytes long", "at most #{ID_BYTES_MAX}")
      end
      if value.match?(/[\x00-\x1f]/)
        raise Wrong.new("#{name} is #{value.inspect}", 'an id has no control characters')
      end
      value
    end

    # A list of ids; a single one may be written without the list.
    def ids(value, name)
      return [step_id(value, name)] if value.is_a?(String) || value.is_a?(Symbol)
      raise Wrong.new("#{name} is #{value.inspect}", "write #{name}: ['one', 'two']") unless value.is_a?(Array)

      value.map { |one| step_id(one, name) }
    end

    # Any text.
    def text(value, name)
      raise Wrong.new("#{name} is #{value.inspect}", "#{name} is text") unless value.is_a?(String)

      value
    end

    # Text that is not empty.
    def filled_text(value, name)
      value = value.name if value.is_a?(Symbol)
      unless value.is_a?(String) && value.valid_encoding? && !value.strip.empty?
        raise Wrong.new("#{name} is #{value.inspect}", "#{name} is text that is not empty")
      end
      value
    end

    # Seconds as a number, or '5m' as text; in ms.
    def duration_ms(value, name, is_zero_allowed: false)
      hint = "#{name} is seconds, such as #{name}: 30, or text such as '500ms', '30s', '5m', '1h'"
      amount_ms =
        if value.is_a?(String)
          match = DURATION.match(value.strip) or raise Wrong.new("#{name} is #{value.inspect}", hint)
          match[1].to_f * UNITS_MS.fetch(match[2])
        elsif value.is_a?(Numeric) && value.real? && !(value.is_a?(Float) && value.nan?)
          value * 1_000
        else
          raise Wrong.new("#{name} is #{value.inspect}", hint)
        end
      too_small = amount_ms < 1 && !(is_zero_allowed && amount_ms.zero?)
      if too_small || amount_ms > DURATION_MAX_MS
        raise Wrong.new("#{name} is #{value.inspect}", "#{hint}; more than 0 and at most a year")
      end
      amount_ms.round
    end

    # An integer of at least `least`.
    def whole_number(value, name, least:)
      unless value.is_a?(Integer) && value >= least
        raise Wrong.new("#{name} is #{value.inspect}", "#{name} is a whole number of at least #{least}")
      end
      value
    end

    # One of a few words.
    def one_of(value, name, words)
      word = value.is_a?(Symbol) ? value.name : value
      unless word.is_a?(String) && words.include?(word)
        raise Wrong.new("#{name} is #{value.inspect}", closest(word.to_s, words))
      end
      word
    end

    # An HTTP method, in upper case.
    def http_method(value)
      name = value.to_s.upcase
      raise Wrong.new("method is #{value.inspect}", "one of #{METHODS.join(', ')}") unless METHODS.include?(name)

      name
    end

    # A path of an api step: starts with a slash, `:name` for parameters, no name twice.
    def path(value)
      unless value.is_a?(String) && value.start_with?('/')
        raise Wrong.new("path is #{value.inspect}", 'a path starts with a slash: /users/:id')
      end
      parts = value.split('/').reject(&:empty?)
      wrong = parts.find { |part| !PATH_PART.match?(part) }
      if wrong
        raise Wrong.new("path #{value.inspect} has the part #{wrong.inspect}",
                        'a part is plain text or one parameter such as :id')
      end
      names = parts.grep(/\A:/)
      twice = names.find { |name| names.count(name) > 1 }
      if twice
        raise Wrong.new("path #{value.inspect} has the parameter #{twice} twice", 'give each parameter its own name')
      end
      value
    end

    # A limit, or `{limit:, key:}`.
    def concurrency(value)
      return { limit: whole_number(value, 'concurrency', least: 1) } unless value.is_a?(Hash)

      given = value.transform_keys(&:to_s)
      unless (given.keys - %w[limit key]).empty? && given.key?('limit')
        raise Wrong.new("concurrency is #{value.inspect}", "write concurrency: { limit: 4, key: 'userId' }")
      end
      limit = whole_number(given['limit'], 'concurrency.limit', least: 1)
      given['key'].nil? ? { limit: limit } : { limit: limit, key: filled_text(given['key'], 'concurrency.key') }
    end

    # Seconds before the first retry, or `{initial:, factor:, cap:, jitter:}`.
    def backoff(value)
      unless value.is_a?(Hash)
        initial_ms = duration_ms(value, 'backoff', is_zero_allowed: true)
        return BACKOFF.merge(initial_ms: initial_ms, cap_ms: [BACKOFF[:cap_ms], initial_ms].max)
      end
      given = value.transform_keys(&:to_s)
      known = %w[initial factor cap jitter]
      wrong = given.keys.find { |name| !known.include?(name) }
      raise Wrong.new("backoff has #{wrong.inspect}", closest(wrong, known)) if wrong

      read_backoff(given)
    end

    def read_backoff(given)
      initial_ms = duration_ms(given.fetch('initial', 1), 'backoff.initial', is_zero_allowed: true)
      cap_ms = given.key?('cap') ? duration_ms(given['cap'], 'backoff.cap') : [BACKOFF[:cap_ms], initial_ms].max
      factor = given.fetch('factor', BACKOFF[:factor])
      unless (factor.is_a?(Integer) || factor.is_a?(Float)) && factor.between?(1, 1_000)
        raise Wrong.new("backoff.factor is #{factor.inspect}", 'a number from 1 (always the same delay) up')
      end
      jitter = given.fetch('jitter', true)
      raise Wrong.new("backoff.jitter is #{jitter.inspect}", 'true or false') unless [true, false].include?(jitter)
      if cap_ms < initial_ms
        raise Wrong.new("backoff.cap (#{cap_ms} ms) is below backoff.initial (#{initial_ms} ms)", 'raise the cap')
      end
      { initial_ms: initial_ms, factor: factor.to_f, cap_ms: cap_ms, jitter: jitter }
    end
    private_class_method :read_backoff

    # An IANA zone. Whether it exists is looked up where the system keeps its zones, else the engine says.
    def timezone(value)
      name = filled_text(value, 'timezone')
      exists = ZONE.match?(name) && (!File.directory?(ZONES_DIR) || File.file?(File.join(ZONES_DIR, name)))
      return name if name == 'UTC' || exists

      raise Wrong.new("timezone is #{value.inspect}", "an IANA name such as 'Europe/Berlin'; UTC unless said")
    end

    # Callables `(request, ctx, following)`.
    def middleware(value)
      functions = value.is_a?(Array) ? value : [value]
      functions.each do |function|
        next if function.respond_to?(:call)

        raise Wrong.new("middleware has #{function.inspect}",
                        'a middleware is a lambda or method (request, ctx, following)')
      end
      functions
    end

    # The least number of letters to add, drop or change between two words.
    def distance(one, other)
      row = (0..other.size).to_a
      one.each_char.with_index(1) do |left, index|
        before = row[0]
        row[0] = index
        other.each_char.with_index(1) do |right, place|
          changed = left == right ? before : before + 1
          before = row[place]
          row[place] = [row[place] + 1, row[place - 1] + 1, changed].min
        end
      end
      row.last
    end
    private_class_method :distance
  end
end
