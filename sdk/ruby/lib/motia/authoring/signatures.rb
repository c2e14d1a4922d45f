# frozen_string_literal: true

# The parameters of a handler, and its block as something that may `return`.

module Motia
  # One parameter. `key` is its name, nil for a destructuring one; `required` when it has no default.
  Parameter = Struct.new(:key, :positional, :required, keyword_init: true) do
    # Its name as payloads spell it.
    def name
      key.to_s
    end

    # Whether it takes the context.
    def context?
      key == :ctx
    end
  end

  # What a handler takes. `takes_rest`: it has `**rest`; `takes_splat`: it has `*rest`.
  Signature = Struct.new(:parameters, :takes_rest, :takes_splat, keyword_init: true) do
    # The signature of something that responds to `call`.
    def self.of(handler)
      is_loose = handler.is_a?(Proc) && !handler.lambda?
      found = handler.parameters
      parameters = found.filter_map do |kind, key|
        case kind
        when :req, :opt
          Parameter.new(key: key, positional: true, required: kind == :req || is_loose)
        when :keyreq, :key
          Parameter.new(key: key, positional: false, required: kind == :keyreq)
        end
      end
      kinds = found.map(&:first)
      new(parameters: parameters, takes_rest: kinds.include?(:keyrest), takes_splat: kinds.include?(:rest))
    end
  end

  # Handlers are blocks, and in a block `return` would leave the file that declared it, which is over by
  # then. As the body of a method the same block may return, and its parameters are counted strictly.
  module Handlers
    @count = 0

    # A callable with the body, the scope and the `self` of `block`.
    def self.of(block)
      return block if block.lambda?

      receiver = block.binding.receiver
      name = :"__motia_handler_#{@count += 1}"
      receiver.define_singleton_method(name, &block)
      method = receiver.method(name)
      receiver.singleton_class.send(:remove_method, name)
      method
    rescue TypeError, FrozenError # an object that cannot have a method of its own
      block
    end
  end
end
