"""Targets in Ruby."""

from __future__ import annotations

from typing import Any

import pytest

from motia.model import Source, StepId, StepKind, StepSpec
from motia.project import read_source


def step(name: str, line: int = 0) -> StepSpec:
    return StepSpec(
        id=StepId(name), kind=StepKind.EVENT, language="ruby", source=Source(file="a.rb", line=line)
    )


def found(text: str, *steps: StepSpec) -> list[tuple[Any, ...]]:
    return [
        (site.line, site.op, site.target, site.steps) for site in read_source(text, file="a.rb", steps=steps)
    ]


def targets(text: str, *steps: StepSpec) -> list[str]:
    return [target for _, _, target, _ in found(text, *steps)]


@pytest.mark.parametrize(
    "text",
    [
        'trigger "t", x: 1',
        'trigger("t", x: 1) if ready',
        "trigger 't'",
        "trigger :t",
        'call "t", x: 1',
        'motia.trigger "t"',
        'motia\n  .trigger("t")',
        'Motia.trigger("t")',
        'ctx.trigger "t"',
        'ctx.motia.call("t")',
        'run&.motia.trigger "t"',
        'm = ctx.motia\nm.trigger "t"',
        'T = "t"\ntrigger T',
        'T = "t".freeze\ntrigger(T)',
        'module Topics\n  T = "t"\nend\ntrigger Topics::T',
        'puts "sent #{trigger("t")} at #{"#{1}"}"',
        'cron id: "x", schedule: "@daily" do |c|\n  c.trigger "t"\nend',
        'event(id: "x") { |payload, c| c.trigger "t" }',
        'half = total / 2; trigger "t" # 3 / 1',
        'x = y ? 1 : 2\ntrigger "t"',
        'names = %w[it\'s #{x}]\ntrigger "t"',
        'x = ?"\ntrigger "t"',
        "a = { 'if': 1, end: 2 }\ntrigger 't'",
    ],
)
def test_a_literal_target_is_found_however_the_call_is_written(text: str) -> None:
    assert targets(text) == ["t"]


@pytest.mark.parametrize(
    "text",
    [
        '# trigger "t"',
        '=begin\ntrigger "t"\n=end',
        "x = 'trigger \"t\"'",
        'x = %q(trigger "t")',
        'x = /trigger "t"/',
        'x.match? /trigger "t"/',
        'x = <<~TEXT\n  trigger "t"\nTEXT',
        'x = [<<-A, <<~\'B\']\n  trigger "t"\n  A\n  trigger "t"\n  B\n',
        '1\n__END__\ntrigger "t"',
        'button.trigger "t"',
        'phone.call("t")',
        'def call(name) = nil\ncall "t"',
        'def trigger(name) = nil\ntrigger "t"',
        'trigger "t-#{id}"',
        'trigger "t" + suffix',
        "trigger payload[:target]",
        "trigger UNKNOWN",
        'T = "t" + x\ntrigger T',
        'T = "t"\nT = "u"\ntrigger T',
        "x.trigger",
        "{ trigger: 't' }",
    ],
)
def test_what_is_not_a_literal_target_of_ours_is_not_found(text: str) -> None:
    assert targets(text) == []


STEPS = """
require "motia"

event id: "one", schema: { phone: String } do |phone:|
  trigger "in-handler" unless phone.empty?
  while phone do phone = nil end
  notify phone
end

def notify(phone) = Deeper.send_it(phone)

module Deeper
  def self.send_it(phone)
    result = if phone then 1 else 2 end
    motia.trigger "in-module"
  rescue StandardError
    nil
  end
end

cron id: "two", schedule: "@daily", &method(:nightly)

def nightly
  [1, 2].each { |n| trigger "by-method", n: n }
end

def unused
  trigger "of-nobody"
end
"""


def test_a_site_belongs_to_the_steps_whose_handler_reaches_it() -> None:
    assert found(STEPS, step("one"), step("two")) == [
        (5, "trigger", "in-handler", ("one",)),
        (15, "trigger", "in-module", ("one",)),
        (24, "trigger", "by-method", ("two",)),
        (28, "trigger", "of-nobody", ()),
    ]


def test_a_step_whose_id_is_not_literal_is_found_by_its_line() -> None:
    text = 'NAMES.each do |name|\n  event id: name do\n    trigger "t"\n  end\nend\n'

    assert found(text, step("a", line=2)) == [(3, "trigger", "t", ("a",))]
