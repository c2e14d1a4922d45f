import { expect, it } from 'vitest';
import { visible } from './visible';

it('shows what has no shape, and nothing else', () => {
  expect(visible('a\u200bb\ufeff')).toBe('a⟨U+200B⟩b⟨U+FEFF⟩');
  expect(visible('\u202egpj.exe\n')).toBe('⟨U+202E⟩gpj.exe⟨U+000A⟩');
  expect(visible('schön 日本 שלום')).toBe('schön 日本 שלום');
});
