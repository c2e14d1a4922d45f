# frozen_string_literal: true

# Letters to customers: written to an outbox instead of a mail server.

require "motia"
require_relative "../../lib/chance"

# The key makes a repeated attempt overwrite its own letter instead of sending a second one.
def write_letter(ctx, to:, subject:)
  may_fail("the mail server")
  state.set("outbox", ctx.idempotency_key, { to: to, subject: subject })
end

event id: "send-welcome-email",
      flows: ["users"],
      schema: { userId: String, email: String, name: String },
      backoff: { initial: 0.2, cap: 2 } do |userId:, email:, name:, ctx:|
  write_letter(ctx, to: email, subject: "Welcome, #{name}!")
  logger.info("welcome e-mail sent", userId: userId)
  { sent: true }
end

event id: "notify-customer",
      flows: ["orders"],
      topics: ["order.shipped"],
      backoff: { initial: 0.2, cap: 2 } do |orderId:, userId:, ctx:|
  user = state.get("users", userId)
  write_letter(ctx, to: user ? user["email"] : userId, subject: "Your order #{orderId} is on its way")
  puts "told #{userId} about #{orderId}"
  { told: userId }
end

event id: "notify-refund", flows: ["returns"], backoff: { initial: 0.2, cap: 2 } do |payload, ctx|
  user_id = state.get("orders", payload["orderId"])["userId"]
  user = state.get("users", user_id)
  write_letter(ctx, to: user ? user["email"] : user_id, subject: payload["subject"])
  { refunded: payload["refund-card"]["cents"] }
end
