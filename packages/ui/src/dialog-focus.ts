'use client';

import { useRef } from 'react';

/** The dialog opened last, and what had the focus before it. */
let last: { dialog: Element; opener: Element | null } | null = null;

/** What has the focus; where it was in a dialog that just gave way to the next, what had it before that one. */
function opensNow(): Element | null {
  const { activeElement } = document;
  const lost = activeElement === null || activeElement === document.body;
  return lost && last && !last.dialog.isConnected ? last.opener : activeElement;
}

/**
 * Where the focus goes when something opens over the page, and back to when it closes: to where it was, or to the page
 * where that is gone (an entry of a menu that closed, a row that was deleted).
 */
export function useDialogFocus() {
  const before = useRef<Element | null>(null);
  return {
    onOpenAutoFocus: (event: Event): void => {
      before.current = opensNow();
      if (event.currentTarget instanceof Element) last = { dialog: event.currentTarget, opener: before.current };
      focusFirst(event);
    },
    onCloseAutoFocus: (event: Event): void => {
      event.preventDefault();
      const opener = before.current;
      const target = opener?.isConnected && opener !== document.body ? opener : document.getElementById('main');
      if (target instanceof HTMLElement) target.focus({ preventScroll: true });
    },
  };
}

/**
 * To the first thing to fill in, else to the first button, which does no harm, else to the dialog itself: never to Close,
 * whose tooltip would open and take the first Escape.
 */
function focusFirst(event: Event): void {
  if (!(event.currentTarget instanceof HTMLElement)) return;
  const fields = event.currentTarget.querySelectorAll<HTMLElement>(
    'input:not(:disabled), textarea:not(:disabled), select:not(:disabled), [role="checkbox"], [role="radio"]',
  );
  const buttons = event.currentTarget.querySelectorAll<HTMLElement>('footer button:not(:disabled), footer a');
  event.preventDefault();
  (fields[0] ?? buttons[0] ?? event.currentTarget).focus();
}
