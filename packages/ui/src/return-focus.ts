'use client';

import { useRef } from 'react';

/**
 * Handlers for what opens over the page without a trigger of Radix's own: focus goes back to where it was, or to the page
 * where that is gone (an entry of a menu that closed, a row that was deleted). `placeFocus` may put it somewhere at opening.
 */
export function useReturnFocus(placeFocus?: (event: Event) => void) {
  const before = useRef<Element | null>(null);
  return {
    onOpenAutoFocus: (event: Event): void => {
      before.current = document.activeElement;
      placeFocus?.(event);
    },
    onCloseAutoFocus: (event: Event): void => {
      event.preventDefault();
      const opener = before.current;
      const target = opener?.isConnected && opener !== document.body ? opener : document.getElementById('main');
      if (target instanceof HTMLElement) target.focus({ preventScroll: true });
    },
  };
}
