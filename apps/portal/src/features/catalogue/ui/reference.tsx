'use client';

import { Badge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { CodeBlock } from '@parley/ui/code-block';
import { EmptyState } from '@parley/ui/empty-state';
import { Input } from '@parley/ui/field';
import { InlineMarkdown, Markdown } from '@parley/ui/markdown';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { Content, Operation } from './read-reference.ts';
import { SchemaView } from './schema-view.tsx';

/** The reference by operation. Each opens in place; the first is open when there are few. */
export function Reference({
  operations,
  baseUrl,
  chosen,
  onTry,
}: {
  operations: readonly Operation[];
  baseUrl: string;
  chosen: string;
  onTry: (id: string) => void;
}) {
  const [text, setText] = useState('');
  if (operations.length === 0) {
    return <EmptyState title="No reference">The publisher has not described what can be called.</EmptyState>;
  }
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = operations.filter((one) => {
    const hay = `${one.method} ${one.path} ${one.summary} ${one.tag}`.toLowerCase();
    return words.every((word) => hay.includes(word));
  });
  return (
    <div className="flex flex-col gap-4">
      <p className="text-muted text-sm">
        Paths are relative to <code className="break-all font-mono text-xs">{baseUrl}</code>. Send your key as{' '}
        <code className="font-mono text-xs">Authorization: Bearer …</code>.
      </p>
      {operations.length > 6 && (
        <Input
          type="search"
          aria-label="Find an operation"
          placeholder="Find an operation"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      )}
      <ul aria-label="Operations" className="flex flex-col gap-2">
        {found.map((operation) => (
          <li key={operation.id}>
            <OperationView
              operation={operation}
              open={operations.length <= 2}
              onTry={operation.id === chosen && operations.length > 1 ? null : () => onTry(operation.id)}
            />
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="text-muted text-sm">No operation matches.</p>}
    </div>
  );
}

const METHOD_TONES: Readonly<Record<string, 'info' | 'success' | 'warning' | 'danger' | 'neutral'>> = {
  GET: 'info',
  POST: 'success',
  PUT: 'warning',
  PATCH: 'warning',
  DELETE: 'danger',
};

function OperationView({
  operation,
  open,
  onTry,
}: {
  operation: Operation;
  open: boolean;
  onTry: (() => void) | null;
}) {
  return (
    <details open={open} className="group rounded-md border bg-surface">
      <summary className="flex list-none flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3 [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden
          className="size-4 shrink-0 text-faint transition-transform duration-100 group-open:rotate-90"
        />
        <Badge tone={METHOD_TONES[operation.method] ?? 'neutral'}>{operation.method}</Badge>
        <code className="min-w-0 break-all font-mono text-sm">{operation.path}</code>
        <span className="min-w-0 text-muted text-sm">{operation.summary}</span>
        {operation.deprecated && <Badge tone="warning">Deprecated</Badge>}
      </summary>
      <div className="flex flex-col gap-5 border-t px-4 py-4">
        {operation.description && <Markdown text={operation.description} />}
        {operation.parameters.length > 0 && <Parameters operation={operation} />}
        {operation.body && (
          <Part title={`Body${operation.body.required ? '' : ' (optional)'}`} note={operation.body.mediaType}>
            <SchemaView schema={operation.body.schema} />
            <Example content={operation.body} />
          </Part>
        )}
        <Part title="Answers">
          <ul className="flex flex-col gap-2">
            {operation.responses.map((response) => (
              <li key={response.status}>
                <ResponseView response={response} />
              </li>
            ))}
          </ul>
        </Part>
        {onTry && (
          <div>
            <Button size="sm" onClick={onTry}>
              Try this
            </Button>
          </div>
        )}
      </div>
    </details>
  );
}

function Part({ title, note, children }: { title: string; note?: string; children: React.ReactNode }) {
  return (
    <section className="flex min-w-0 flex-col gap-2">
      <h4 className="flex items-baseline gap-2 font-medium text-sm">
        {title}
        {note && <span className="font-normal text-faint text-xs">{note}</span>}
      </h4>
      {children}
    </section>
  );
}

function Parameters({ operation }: { operation: Operation }) {
  const object = {
    type: 'object',
    required: operation.parameters.filter((one) => one.required).map((one) => one.name),
    properties: Object.fromEntries(
      operation.parameters.map((one) => [
        one.name,
        { ...one.schema, description: [`In the ${one.in}.`, one.description].filter(Boolean).join(' ') },
      ]),
    ),
  };
  return (
    <Part title="Parameters">
      <SchemaView schema={object} />
    </Part>
  );
}

function ResponseView({ response }: { response: Operation['responses'][number] }) {
  const good = response.status.startsWith('2');
  const described = response.content.filter((content) => Object.keys(content.schema).length > 0);
  return (
    <details className="rounded-md border">
      <summary className="flex flex-wrap items-center gap-3 px-3 py-2 text-sm">
        <Badge tone={good ? 'success' : 'neutral'}>{response.status}</Badge>
        <span className="min-w-0 text-muted">
          <InlineMarkdown text={response.description} />
        </span>
      </summary>
      <div className="flex flex-col gap-3 border-t px-3 py-3">
        {described.length === 0 && <p className="text-faint text-xs">No further description.</p>}
        {described.map((content) => (
          <Part key={content.mediaType} title={content.mediaType}>
            <SchemaView schema={content.schema} />
            {good && <Example content={content} />}
          </Part>
        ))}
      </div>
    </details>
  );
}

function Example({ content }: { content: Content }) {
  if (content.example === undefined || content.mediaType === 'text/event-stream') return null;
  const code = typeof content.example === 'string' ? content.example : JSON.stringify(content.example, null, 2);
  return <CodeBlock title="Example" snippets={[{ label: 'Example', code }]} wrap />;
}
