# frozen_string_literal: true

# GET /hello answers with a greeting.

require "motia"

api id: "hello", method: "GET", path: "/hello",
    schema: { query: { name: { type: "string", default: "world" } } } do |request|
  { message: "Hello, #{request.query["name"]}!" }
end
