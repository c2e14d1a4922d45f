/** CodeMirror in React, behind `CodeEditor`. */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { json } from '@codemirror/lang-json';
import { python } from '@codemirror/lang-python';
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { ruby } from '@codemirror/legacy-modes/mode/ruby';
import { search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { Decoration, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';

export type Language = 'json' | 'python' | 'javascript' | 'typescript' | 'ruby' | 'text';

const LANGUAGES: Record<Language, () => Extension> = {
  json: () => json(),
  python: () => python(),
  javascript: () => javascript({ jsx: true }),
  typescript: () => javascript({ typescript: true }),
  ruby: () => StreamLanguage.define(ruby),
  text: () => [],
};

/** Ctrl-Enter belongs to who shows the editor: it sends. */
const KEYS = defaultKeymap.filter((binding) => binding.key !== 'Mod-Enter');

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--good)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--warn)' },
  { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
  { tag: [tags.propertyName, tags.function(tags.variableName)], color: 'var(--info)' },
  { tag: [tags.typeName, tags.className], color: 'var(--info)' },
]);

const look = EditorView.theme({
  '&': { fontSize: '13px', backgroundColor: 'var(--panel)', color: 'var(--ink)', height: '100%' },
  '.cm-content': { fontFamily: 'var(--font-mono)', caretColor: 'var(--ink)' },
  '.cm-gutters': { backgroundColor: 'var(--panel)', color: 'var(--muted)', border: 'none' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-marked': { backgroundColor: 'var(--warn-soft)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--accent-soft) !important' },
});

export default function CodeMirror({
  label,
  value,
  language,
  onChange,
  line,
}: {
  label: string;
  value: string;
  language: Language;
  onChange?: (value: string) => void;
  line?: number | undefined;
}) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView | null>(null);
  const latest = useRef(onChange);
  latest.current = onChange;
  const isReadOnly = onChange === undefined;
  const mark = useRef(new Compartment());

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new value is written into the same editor below
  useEffect(() => {
    if (place.current === null) return;
    // In a shadow root its styles are constructed sheets; in the page they would be a <style> element, which
    // the content security policy refuses.
    const shadow = place.current.shadowRoot ?? place.current.attachShadow({ mode: 'open' });
    const view = new EditorView({
      parent: shadow,
      root: shadow,
      state: EditorState.create({
        doc: value,
        extensions: [
          lineNumbers(),
          history(),
          bracketMatching(),
          search({ top: true }),
          keymap.of([...KEYS, ...historyKeymap, ...searchKeymap]),
          LANGUAGES[language](),
          syntaxHighlighting(colours),
          look,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label }),
          isReadOnly ? [EditorState.readOnly.of(true), EditorView.editable.of(false)] : [],
          isReadOnly ? EditorView.contentAttributes.of({ tabindex: '0' }) : [],
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current?.(update.state.doc.toString());
          }),
          mark.current.of([]),
        ],
      }),
    });
    editor.current = view;
    return () => view.destroy();
  }, [language, isReadOnly, label]);

  // In the editor that is there: a new one would lose the place and the focus of who types.
  // biome-ignore lint/correctness/useExhaustiveDependencies: an editor made anew is marked anew
  useEffect(() => {
    const view = editor.current;
    if (view === null) return;
    view.dispatch({ effects: mark.current.reconfigure(line === undefined ? [] : marked(line)) });
    if (line !== undefined && line >= 1 && line <= view.state.doc.lines) {
      view.dispatch({ effects: EditorView.scrollIntoView(view.state.doc.line(line).from, { y: 'center' }) });
    }
  }, [line, language, isReadOnly, label]);

  useEffect(() => {
    const view = editor.current;
    if (view !== null && view.state.doc.toString() !== value) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } });
    }
  }, [value]);

  return <div ref={place} className="min-h-0 flex-1 overflow-auto" />;
}

function marked(line: number): Extension {
  return EditorView.decorations.compute(['doc'], (state) =>
    line >= 1 && line <= state.doc.lines
      ? Decoration.set(Decoration.line({ class: 'cm-marked' }).range(state.doc.line(line).from))
      : Decoration.none,
  );
}
