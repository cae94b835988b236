'use client';

import { Button } from '@parley/ui/button';
import { CodeBlock } from '@parley/ui/code-block';
import { RelativeTime } from '@parley/ui/format';
import { Notice } from '@parley/ui/page';
import { useMutation } from '@tanstack/react-query';
import { Eye } from 'lucide-react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import type { RequestFacts } from './request-item.ts';

type Body = RouterOutputs['requests']['bodies']['request'];

/** What was asked and answered, where a body log keeps it: shown when asked for, since each reading is noted. */
export function RequestBodies({ facts }: { facts: RequestFacts }) {
  const { can } = useShell();
  const trpc = useTRPC();
  const read = useMutation(trpc.requests.bodies.mutationOptions());
  const error = faultOf(read.error);
  if (facts.bodiesUntil === null) {
    return (
      <p className="border-t pt-4 text-faint text-xs">
        What was asked and answered is not kept for this call, nor are headers and query strings: the curl command needs
        its body and query put in.
      </p>
    );
  }
  return (
    <section aria-labelledby="bodies-title" className="flex flex-col gap-3 border-t pt-4">
      <h2 id="bodies-title" className="font-semibold text-sm">
        What was asked and answered
      </h2>
      <p className="text-muted text-sm">
        Kept until <RelativeTime at={facts.bodiesUntil} />, sealed, and read by nobody without a trace.
      </p>
      {read.data ? (
        <>
          <OneBody title="Asked" body={read.data.request} />
          <OneBody title="Answered" body={read.data.response} />
          <p className="text-faint text-xs">
            {read.data.redacted === 0
              ? 'Nothing had to be struck out.'
              : `${read.data.redacted} ${read.data.redacted === 1 ? 'value was' : 'values were'} struck out before it was stored.`}
          </p>
        </>
      ) : can('bodies.read') ? (
        <div className="flex flex-wrap items-center gap-3">
          <Button
            size="sm"
            icon={<Eye aria-hidden className="size-3.5" />}
            busy={read.isPending}
            onClick={() => read.mutate({ id: facts.id })}
          >
            Show it
          </Button>
          <span className="text-muted text-xs">Your reading is noted in the audit log.</span>
        </div>
      ) : (
        <p className="text-muted text-sm">Your role may not read it. An owner or admin can.</p>
      )}
      {error && <Notice tone="danger" title={error.message} />}
    </section>
  );
}

function OneBody({ title, body }: { title: string; body: Body }) {
  if (body === null) return <p className="text-muted text-sm">{title}: nothing that is a text was kept.</p>;
  const label = `${title}${body.form === 'stream' ? ', streamed' : ''}${body.cut ? ', only the beginning' : ''}`;
  return <CodeBlock wrap snippets={[{ label, code: readable(body.text, body.form) }]} />;
}

/** JSON in lines; what is no whole JSON as it is. */
function readable(text: string, form: NonNullable<Body>['form']): string {
  if (form !== 'json') return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
