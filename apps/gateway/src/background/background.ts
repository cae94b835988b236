import type { JobStore } from './job-store.ts';

/** Calls that are answered later, as stages know them. */
export interface Background {
  readonly store: JobStore;
  /** There may be something to do: this node looks, if it has room. */
  look(): void;
}

/** The twin: nothing can be kept, as if Redis were away. */
export function noBackground(): Background {
  const away = (): Promise<never> => Promise.reject(new Error('nothing is kept here'));
  const store: JobStore = {
    accept: away,
    claim: away,
    renew: away,
    finish: away,
    release: away,
    cancel: away,
    forget: away,
    view: away,
    answer: away,
    untold: away,
    told: away,
    list: away,
  };
  return { store, look() {} };
}
