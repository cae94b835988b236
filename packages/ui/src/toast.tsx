'use client';

import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { Toast as Radix } from 'radix-ui';
import { type ReactNode, useSyncExternalStore } from 'react';
import { Button } from './button.tsx';

export interface ToastSpec {
  readonly title: string;
  readonly body?: ReactNode;
  readonly tone?: 'success' | 'danger';
  /** Offered for as long as the toast stays. */
  readonly undo?: () => void;
  readonly durationMs?: number;
}

interface Shown extends ToastSpec {
  readonly id: number;
}

let shown: readonly Shown[] = [];
let nextId = 1;
const listeners = new Set<() => void>();
const NONE: readonly Shown[] = [];

function replace(next: readonly Shown[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

/** Says what happened where the reader is not looking. What happened where they look shows itself there instead. */
export function toast(spec: ToastSpec): void {
  replace([...shown.slice(-3), { ...spec, id: nextId++ }]);
}

function dismiss(id: number): void {
  replace(shown.filter((one) => one.id !== id));
}

/** Shows toasts. Must stand once, at the end of the application. */
export function Toaster() {
  const toasts = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
    () => NONE,
  );
  return (
    <Radix.Provider swipeDirection="right" label="Notice">
      {toasts.map((one) => (
        <Radix.Root
          key={one.id}
          duration={one.durationMs ?? (one.undo ? 10_000 : 5000)}
          onOpenChange={(open) => !open && dismiss(one.id)}
          className="flex animate-rise items-start gap-3 rounded-md border bg-surface p-3 shadow-float"
        >
          {one.tone === 'danger' ? (
            <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-danger-text" />
          ) : (
            <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-success-text" />
          )}
          <div className="min-w-0 flex-1">
            <Radix.Title className="font-medium text-sm">{one.title}</Radix.Title>
            {one.body && <Radix.Description className="text-muted text-sm">{one.body}</Radix.Description>}
          </div>
          {one.undo && (
            <Radix.Action altText="Undo" asChild>
              <Button size="sm" onClick={one.undo}>
                Undo
              </Button>
            </Radix.Action>
          )}
          <Radix.Close aria-label="Dismiss" className="rounded-xs text-faint hover:text-text">
            <X aria-hidden className="size-4" />
          </Radix.Close>
        </Radix.Root>
      ))}
      {/* In the middle, where they cover neither a sheet's buttons nor a table's. */}
      <Radix.Viewport className="fixed top-16 left-1/2 z-50 flex w-96 max-w-[calc(100vw-2rem)] -translate-x-1/2 flex-col gap-2 outline-none sm:top-auto sm:bottom-4" />
    </Radix.Provider>
  );
}
