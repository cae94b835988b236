'use client';

import { Button, ButtonLink } from '@parley/ui/button';
import { Card } from '@parley/ui/card';
import { CodeBlock } from '@parley/ui/code-block';
import { Field, Input, Select, Switch, Textarea } from '@parley/ui/field';
import { Send, Square } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { useMemo, useState } from 'react';
import type { CatalogueApi } from './api-view.tsx';
import { addressOf, bodyOf, callOf, headersOf } from './call.ts';
import { KeyField } from './key-field.tsx';
import type { Operation } from './read-reference.ts';
import { snippetsOf } from './snippets.ts';
import { TryAnswer } from './try-answer.tsx';
import { useTry } from './use-try.ts';
import type { Viewer } from './viewer.ts';

interface Props {
  readonly viewer: Viewer;
  readonly api: CatalogueApi;
  readonly baseUrl: string;
  readonly operation: Operation;
  readonly operations: readonly Operation[];
  readonly onOperation: (id: string) => void;
}

/** One call to fill in: sent from here with the reader's own key, and spelled out as programs. */
export function CallPanel({ viewer, api, baseUrl, operation, operations, onOperation }: Props) {
  const [call, setCall] = useState(() => ({ ...callOf(operation), stream: operation.streams }));
  const [key, setKey] = useState('');
  const { result, send, stop } = useTry();
  const pathname = usePathname();
  const bodyFault = useMemo(() => jsonFault(call.body, operation), [call.body, operation]);
  const missing = operation.parameters.filter((one) => one.required && !call.values[`${one.in} ${one.name}`]);
  const running = result?.state === 'running';
  const submit = (): void => {
    if (running || bodyFault) return;
    void send({
      url: addressOf(baseUrl, call),
      method: operation.method,
      key: key.trim(),
      headers: headersOf(call),
      body: bodyOf(call),
    });
  };

  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Card className="flex min-w-0 flex-col gap-4 p-4">
        <h2 className="font-semibold text-sm">Try it</h2>
        {operations.length > 1 && (
          <Field label="Operation">
            <Select
              value={operation.id}
              onChange={(event) => onOperation(event.target.value)}
              options={operations.map((one) => ({
                value: one.id,
                label: `${one.method} ${one.path} – ${one.summary}`,
              }))}
            />
          </Field>
        )}
        {operation.parameters.map((parameter) => {
          const name = `${parameter.in} ${parameter.name}`;
          return (
            <Field key={name} label={parameter.name} hint={parameter.description} optional={!parameter.required}>
              <Input
                value={call.values[name] ?? ''}
                onChange={(event) => setCall({ ...call, values: { ...call.values, [name]: event.target.value } })}
                autoComplete="off"
                spellCheck={false}
              />
            </Field>
          );
        })}
        {operation.body && (
          <Field label="Body" error={bodyFault}>
            <Textarea
              rows={Math.min(14, Math.max(4, call.body.split('\n').length))}
              className="font-mono text-xs leading-5"
              spellCheck={false}
              value={call.body}
              onChange={(event) => setCall({ ...call, body: event.target.value })}
            />
          </Field>
        )}
        {operation.streams && (
          <Switch label="Stream the answer" checked={call.stream} onChange={(stream) => setCall({ ...call, stream })} />
        )}
        {viewer.signedIn ? (
          <>
            <KeyField viewer={viewer} api={api} value={key} onChange={setKey} />
            <div className="flex flex-wrap items-center gap-2">
              {running ? (
                <Button icon={<Square aria-hidden className="size-3.5" />} onClick={stop}>
                  Stop
                </Button>
              ) : (
                <Button
                  variant="primary"
                  icon={<Send aria-hidden className="size-3.5" />}
                  disabled={key.trim() === '' || missing.length > 0 || bodyFault !== null}
                  onClick={submit}
                >
                  Send
                </Button>
              )}
              <span className="text-faint text-xs">
                {missing.length > 0
                  ? `Fill in ${missing.map((one) => one.name).join(', ')}.`
                  : 'A real call: it counts against the plan.'}
              </span>
            </div>
          </>
        ) : (
          <div className="flex flex-wrap items-center gap-3 rounded-md bg-sunken p-3">
            <p className="min-w-0 flex-1 text-muted text-sm">Sign in to send this call with a key of your own.</p>
            <ButtonLink href={`/sign-in?next=${encodeURIComponent(pathname)}`} size="sm">
              Sign in
            </ButtonLink>
          </div>
        )}
        {result && <TryAnswer result={result} />}
      </Card>
      <CodeBlock title="Languages" snippets={snippetsOf({ kind: api.kind, baseUrl, call, key: key.trim() })} />
    </div>
  );
}

function jsonFault(body: string, operation: Operation): string | null {
  if (!operation.body || body.trim() === '') return operation.body?.required ? 'This call needs a body.' : null;
  if (!operation.body.mediaType.includes('json')) return null;
  try {
    JSON.parse(body);
    return null;
  } catch (error) {
    return `This is not JSON: ${error instanceof Error ? error.message : 'it cannot be read'}`;
  }
}
