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
    <Suspense fallback={<pre className="overflow-auto p-3 font-mono text-[13px]">{props.value}</pre>}>
      <CodeMirror {...props} />
    </Suspense>
  );
}
