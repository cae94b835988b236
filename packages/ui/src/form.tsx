'use client';

import type { FieldIssue } from '@parley/kernel/fault';
import { type ReactNode, type SubmitEvent, useState } from 'react';
import { Notice } from './page.tsx';

/** What went wrong with a submitted form: a sentence, and issues beside fields. */
export interface FormFault {
  readonly message: string;
  readonly issues: readonly FieldIssue[];
}

/** Finds the issue of a field (`slug`, `messages.0.text`) in a fault. */
export function issueOf(fault: FormFault | null | undefined, path: string): string | undefined {
  return fault?.issues.find((issue) => issue.path === path)?.message;
}

/**
 * A form that keeps what was typed when it fails. `onSubmit` does the work; while it runs, a second submit does nothing.
 * `fields` are the paths whose issues the form shows itself; everything else of a fault stands above the form.
 */
export function Form({
  fault,
  fields,
  onSubmit,
  className,
  children,
  id,
}: {
  fault?: FormFault | null | undefined;
  fields?: readonly string[];
  onSubmit: () => unknown;
  className?: string;
  children: ReactNode;
  id?: string;
}) {
  const [running, setRunning] = useState(false);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    if (running) return;
    setRunning(true);
    void Promise.resolve(onSubmit())
      .catch(() => undefined)
      .finally(() => setRunning(false));
  };
  const shownBelow = new Set(fields ?? []);
  const above = fault && (fault.issues.length === 0 || fault.issues.some((issue) => !shownBelow.has(issue.path)));
  return (
    // Sent by the browser itself, before the page is awake, it would put what was typed into the address.
    <form id={id} method="dialog" noValidate onSubmit={submit} className={className ?? 'flex flex-col gap-5'}>
      {above && (
        <Notice tone="danger" title={fault.message}>
          {fault.issues.length > 0 && (
            <ul className="list-inside list-disc">
              {fault.issues
                .filter((issue) => !shownBelow.has(issue.path))
                .map((issue) => (
                  <li key={`${issue.path}${issue.message}`}>{issue.message}</li>
                ))}
            </ul>
          )}
        </Notice>
      )}
      {children}
    </form>
  );
}
