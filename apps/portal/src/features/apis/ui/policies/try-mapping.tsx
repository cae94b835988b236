'use client';

import { Button } from '@parley/ui/button';
import { CodeBlock } from '@parley/ui/code-block';
import { Field, Select, Textarea } from '@parley/ui/field';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Frame } from '@/schema-form/field-parts.tsx';
import type { Value } from '@/schema-form/schema-node.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { mappingsIn } from './mappings-in.ts';

/** Tries a mapping that is being written on a body that is pasted in, before anything is saved. */
export function TryMapping({ kind, value }: { kind: string; value: Value }) {
  const trpc = useTRPC();
  const found = mappingsIn(kind, value);
  const [chosen, setChosen] = useState(0);
  const [written, setWritten] = useState<string | null>(null);
  const ask = useMutation(trpc.apis.tryMapping.mutationOptions());
  const tried = found[chosen] ?? found[0];
  if (!tried) return null;
  const body = written ?? tried.example;
  const { data } = ask;
  const place = data?.line ? `Line ${data.line}, column ${data.column}: ` : '';
  const problem = faultOf(ask.error)?.message ?? (data?.problem ? place + data.problem : undefined);
  return (
    <Frame label="Try it" hint="The gateway maps this body as it would a call’s. Nothing is sent or saved.">
      {found.length > 1 && (
        <Field label="Mapping">
          <Select
            value={String(found.indexOf(tried))}
            onChange={({ target }) => {
              setChosen(Number(target.value));
              ask.reset();
            }}
            options={found.map(({ label }, at) => ({ value: String(at), label }))}
          />
        </Field>
      )}
      <Field label="Body" error={problem}>
        <Textarea
          rows={5}
          spellCheck={false}
          className="font-mono text-xs"
          value={body}
          onChange={({ target }) => setWritten(target.value)}
        />
      </Field>
      <div>
        <Button busy={ask.isPending} onClick={() => ask.mutate({ mapping: tried.mapping, body })}>
          Try the mapping
        </Button>
      </div>
      {data?.output != null && (
        <CodeBlock wrap title="What it becomes" snippets={[{ label: 'Body', code: pretty(data.output) }]} />
      )}
    </Frame>
  );
}

/** JSON as people read it; anything else as it is. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
