# frozen_string_literal: true

# POST /users: checks the body, keeps the user, and leaves the slow work to two background steps.

require "motia"
require "securerandom"

api id: "create-user", method: "POST", path: "/users", description: "Sign a user up", flows: ["users"],
    triggers: %w[send-welcome-email analyze-user],
    schema: {
      body: {
        name: { type: "string", minLength: 1, maxLength: 100 },
        email: { type: "string", maxLength: 254, pattern: "^[^@\\s]+@[^@\\s]+$" }
      }
    } do |request|
  name, email = request.body.values_at("name", "email")
  user = { id: SecureRandom.hex(6), name: name, email: email }
  state.set("users", user[:id], user)
  # Each trigger returns when the event is on disk; the steps run after the answer is sent.
  trigger("send-welcome-email", userId: user[:id], name: name, email: email)
  trigger("analyze-user", userId: user[:id], email: email)
  logger.info("user signed up", userId: user[:id])
  response(user, status: 201)
end
