# frozen_string_literal: true

# GET /users/:id reads what POST /users kept.

require "motia"

api id: "get-user", method: "GET", path: "/users/:id", flows: ["users"] do |request|
  id = request.params["id"]
  state.get("users", id) || raise(Motia::HttpError.new(404, "There is no user #{id}"))
end
