/** What kind of step it is, and in which language: by sign and word, the colour only helps. */
import { CircleSlash, Clock, Globe, Hand, type LucideIcon, Zap } from 'lucide-react';

export const KINDS: Record<string, { icon: LucideIcon; word: string; says: string; colour: string }> = {
  api: { icon: Globe, word: 'API', says: 'an HTTP request makes it run', colour: 'text-info' },
  event: { icon: Zap, word: 'Event', says: 'an event makes it run', colour: 'text-accent' },
  cron: { icon: Clock, word: 'Cron', says: 'a schedule makes it run', colour: 'text-warn' },
  noop: { icon: Hand, word: 'Noop', says: 'people or other systems do it', colour: 'text-muted' },
  parked: { icon: CircleSlash, word: 'No step', says: 'no step handles this target', colour: 'text-warn' },
};

export function KindSign({ kind, size = 14 }: { kind: string; size?: number }) {
  const { icon: Icon, word, colour } = KINDS[kind] ?? { icon: Zap, word: kind, colour: '' };
  return <Icon size={size} className={`shrink-0 ${colour}`} aria-label={word} role="img" />;
}

export function KindWord({ kind }: { kind: string }) {
  const known = KINDS[kind];
  return (
    <span className="inline-flex items-center gap-1 whitespace-nowrap text-sm" title={known?.says}>
      <KindSign kind={kind} />
      <span aria-hidden={known !== undefined}>{known?.word ?? kind}</span>
    </span>
  );
}

const SHORT: Record<string, string> = { TypeScript: 'TS', JavaScript: 'JS', Python: 'PY', Ruby: 'RB' };

/** The language in two letters; the whole word on hover. */
export function LanguageSign({ language }: { language: string }) {
  return (
    <abbr
      title={language}
      className="shrink-0 rounded border border-line bg-raised px-1 font-mono text-[10px] leading-4 text-ink no-underline"
    >
      {SHORT[language] ?? language.slice(0, 3)}
    </abbr>
  );
}

const METHOD_COLOURS: Record<string, string> = {
  GET: 'text-info',
  POST: 'text-good',
  PUT: 'text-warn',
  PATCH: 'text-warn',
  DELETE: 'text-bad',
};

export function Method({ method }: { method: string }) {
  return <span className={`font-mono text-xs font-semibold ${METHOD_COLOURS[method] ?? ''}`}>{method}</span>;
}
