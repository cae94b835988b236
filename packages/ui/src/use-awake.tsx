'use client';

import { useSyncExternalStore } from 'react';

const never = (): (() => void) => () => {};

/** False in HTML from the server until React has taken it over: presses and submits would be lost before. */
export function useAwake(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
