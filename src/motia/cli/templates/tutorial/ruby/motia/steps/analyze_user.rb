# frozen_string_literal: true

# A second background step: it runs beside the first one.

require "motia"

event id: "analyze-user", flows: ["users"], schema: { userId: String, email: String } do |userId:, email:|
  domain = email.rpartition("@").last
  users = state.increment("users-by-domain", domain)
  logger.info("user analyzed", userId: userId, domain: domain)
  { domain: domain, users: users }
end
