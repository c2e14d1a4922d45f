# frozen_string_literal: true

# A background step: retried when it fails, never in the way of the request that triggered it.

require "motia"

event id: "send-welcome-email", flows: ["users"], retries: 2, backoff: { initial: 0.2, cap: 2 },
      schema: { userId: String, name: String, email: String } do |userId:, name:, email:, ctx:|
  raise "the mail server refuses #{email}" if email.end_with?("@example.invalid")

  # Stands in for a mail server. The key is the same on every attempt of this run, so a repeated
  # attempt overwrites its own letter instead of sending a second one.
  state.set("outbox", ctx.idempotency_key, { to: email, subject: "Welcome, #{name}!" })
  logger.info("welcome e-mail sent", userId: userId)
  { sent: true }
end
