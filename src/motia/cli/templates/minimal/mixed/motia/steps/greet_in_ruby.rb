# frozen_string_literal: true

# Answers the api step `hello`, which is written in TypeScript.

require "motia"

event id: "greet-in-ruby", schema: { name: String } do |name:|
  "Ciao, #{name}!"
end
