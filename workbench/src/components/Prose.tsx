/** What an author wrote about something, as text; what stands between backticks as code. */

export function Prose({ text }: { text: string }) {
  const parts = text.split('`');
  return parts.map((part, at) => {
    if (at % 2 === 0) return part;
    if (at === parts.length - 1) return `\`${part}`;
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other name
    return <Code key={at} text={part} />;
  });
}

function Code({ text }: { text: string }) {
  return <code className="rounded bg-raised px-1 font-mono text-[0.92em]">{text}</code>;
}
