/** Text with syntax colours: JSON to edit, source to read. CodeMirror is loaded when the first one is shown. */
import { lazy, Suspense } from 'react';
import type { Language } from './CodeMirror';

const CodeMirror = lazy(() => import('./CodeMirror'));

export function CodeEditor(props: {
  label: string;
  value: string;
  language: Language;
  onChange?: (value: string) => void;
  /** A line to highlight and bring into view. */
  line?: number | undefined;
}) {
  return (
    <Suspense fallback={<Plain {...props} />}>
      <CodeMirror {...props} />
    </Suspense>
  );
}

/** The same text while the editor is on its way. */
function Plain({ label, value }: { label: string; value: string }) {
  return (
    <section
      aria-label={label}
      className="overflow-auto"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <pre className="p-3 font-mono text-[13px]">{value}</pre>
    </section>
  );
}
