/** Text that is cut says all of itself on hover and focus, wherever it stands: one listener for the page. */

const CUT = '.truncate, [role="cell"]';

export function showWholeTexts(): void {
  for (const kind of ['mouseover', 'focusin'] as const) document.addEventListener(kind, (event) => tell(event.target));
}

function tell(target: EventTarget | null): void {
  if (!(target instanceof Element)) return;
  const cut = target.closest<HTMLElement>(CUT);
  if (cut === null) return;
  const isOurs = cut.dataset.whole !== undefined;
  if (cut.title !== '' && !isOurs) return; // it says more than its text by itself
  if (cut.scrollWidth > cut.clientWidth) {
    cut.title = cut.textContent ?? '';
    cut.dataset.whole = '';
  } else if (isOurs) {
    cut.removeAttribute('title');
  }
}
