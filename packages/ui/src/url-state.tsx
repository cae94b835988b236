'use client';

import { useCallback, useSyncExternalStore } from 'react';

const CHANGED = 'parley:url';

function subscribe(listener: () => void): () => void {
  window.addEventListener('popstate', listener);
  window.addEventListener(CHANGED, listener);
  return () => {
    window.removeEventListener('popstate', listener);
    window.removeEventListener(CHANGED, listener);
  };
}

/**
 * A piece of page state that lives in the query string under `name`, so that a link or a reload shows the same view. The
 * initial value is left out of the URL. Uses `replaceState`: the back button leaves the page, not the last filter.
 */
export function useUrlState(name: string, initial: string): [string, (value: string) => void] {
  const value = useSyncExternalStore(
    subscribe,
    () => new URLSearchParams(window.location.search).get(name) ?? initial,
    () => initial,
  );
  const set = useCallback(
    (next: string) => {
      const url = new URL(window.location.href);
      if (next === initial) url.searchParams.delete(name);
      else url.searchParams.set(name, next);
      window.history.replaceState(window.history.state, '', url);
      window.dispatchEvent(new Event(CHANGED));
    },
    [name, initial],
  );
  return [value, set];
}
