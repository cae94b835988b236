'use client';

import { Button } from '@parley/ui/button';
import { Field, Textarea } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Version } from './types.ts';
import { useRefresh } from './use-refresh.ts';

/** What consumers read about this version's changes. */
export function ChangelogForm({ version, readOnly }: { version: Version; readOnly: boolean }) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const [text, setText] = useState(version.changelog);
  const save = useMutation(trpc.apis.updateVersion.mutationOptions({ onSuccess: refresh }));
  const fault = faultOf(save.error);
  return (
    <Form
      fault={fault}
      fields={['changelog']}
      className="flex flex-col gap-3"
      onSubmit={() => save.mutateAsync({ api: version.api, version: version.version, changelog: text })}
    >
      <Field label="Changes since the version before" optional error={issueOf(fault, 'changelog')}>
        <Textarea rows={3} readOnly={readOnly} value={text} onChange={(event) => setText(event.target.value)} />
      </Field>
      {!readOnly && text !== version.changelog && (
        <Button type="submit" className="self-end" busy={save.isPending}>
          Save the words
        </Button>
      )}
    </Form>
  );
}
