# frozen_string_literal: true

# Api steps in every form of the contract.

require "motia"

api(id: "get-image", method: "GET", path: "/images/:imageId") do |imageId:, ctx:|
  { id: imageId, step: ctx.step_id }
end

api id: "create-user", method: "POST", path: "/users",
    schema: { body: { name: String, age: { type: "integer", default: 18 } } } do |name:, age:|
  response({ name: name, age: age }, status: 201, headers: { "x-made" => "yes" })
end

api id: "parts", method: "PUT", path: "/parts/:id",
    schema: { query: { limit: Integer }, params: { id: Integer } } do |request|
  {
    method: request.method,
    body: request.body,
    params: request.params,
    query: request.query,
    agent: request.headers["user-agent"],
    raw: request.raw.bytesize
  }
end

api(id: "nothing", method: "DELETE", path: "/things/:id") { nil }

api(id: "text", path: "/text") { response("plain words") }

api(id: "bytes", path: "/bytes") { response("\x00\xFF".b, headers: { "content-type" => "application/x-own" }) }

api id: "pieces", path: "/pieces" do
  parts = Enumerator.new do |out|
    out << "one,"
    out << "two"
  end
  response(parts, headers: { "content-type" => "text/csv" })
end

api id: "events", path: "/events" do
  Enumerator.new do |out|
    out << "one"
    out << { two: 2 }
  end
end

api(id: "refuses", path: "/refuses") { raise HttpError.new(409, "taken", { by: "somebody" }) }

api(id: "breaks", path: "/breaks") { raise "inside" }

guard = lambda do |request, ctx, following|
  next response({ error: "who are you" }, status: 401) unless request.headers["authorization"]

  following.call.with_header("x-step", ctx.step_id)
end

api(id: "guarded", path: "/guarded", middleware: [guard]) { { secret: true } }
