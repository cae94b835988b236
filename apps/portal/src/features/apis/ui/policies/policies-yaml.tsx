'use client';

import { Button } from '@parley/ui/button';
import { CodeBlock } from '@parley/ui/code-block';
import { Field, Textarea } from '@parley/ui/field';
import { Form } from '@parley/ui/form';
import { Skeleton } from '@parley/ui/skeleton';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { YamlProblem } from '@/schema-form/yaml-part.ts';
import { faultOf } from '@/trpc/fault.ts';
import type { Version } from '../types.ts';
import { useSavePolicies } from './use-policies.ts';

/** The policies of a version as `parley apply` takes them, to copy and to edit. */
export function PoliciesYaml({ version, editable }: { version: Version; editable: boolean }) {
  // The YAML library comes when somebody asks for YAML.
  const { data: yaml } = useQuery({
    queryKey: ['yaml-library'],
    queryFn: () => import('@/schema-form/yaml-part.ts'),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [text, setText] = useState<string | null>(null);
  const [problems, setProblems] = useState<readonly YamlProblem[]>([]);
  const save = useSavePolicies(version, () => setText(null));
  if (!yaml) return <Skeleton className="h-40 w-full" />;
  const served = yaml.writeYaml('policies', version.definition?.policies ?? {});
  if (text === null) {
    return (
      <div className="flex flex-col gap-3">
        <CodeBlock snippets={[{ label: 'policies.yaml', code: served }]} title="As in a file for parley apply" />
        {editable && (
          <Button size="sm" className="self-start" onClick={() => setText(served)}>
            Edit as YAML
          </Button>
        )}
      </div>
    );
  }
  const fault = faultOf(save.error);
  const submit = async (): Promise<void> => {
    const read = yaml.readYaml('policies', text);
    if ('problems' in read) return setProblems(read.problems);
    setProblems([]);
    await save
      .mutateAsync({
        api: version.api,
        version: version.version,
        policies: read.value,
        note: 'Change policies as YAML',
      })
      .catch((error: unknown) => {
        const issues = faultOf(error)?.issues ?? [];
        setProblems(
          issues.map(({ path, message }) => {
            const steps = path.split('.').slice(1);
            return { line: read.lineOf(steps), message: `${steps.join('.')}: ${message}` };
          }),
        );
      });
  };
  const said = problems.map(({ line, message }) => `Line ${line}: ${message}`).join('\n');
  return (
    <Form fault={fault} fields={(fault?.issues ?? []).map(({ path }) => path)} onSubmit={submit}>
      <Field label="Policies as YAML" error={said || undefined} hint="Saved together as one revision.">
        <Textarea
          rows={Math.min(24, Math.max(8, text.split('\n').length + 1))}
          spellCheck={false}
          className="whitespace-pre font-mono text-xs"
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </Field>
      <div className="flex gap-2">
        <Button type="submit" variant="primary" busy={save.isPending}>
          {version.state === 'draft' ? 'Save' : 'Save and apply'}
        </Button>
        <Button
          onClick={() => {
            setText(null);
            setProblems([]);
            save.reset();
          }}
        >
          Cancel
        </Button>
      </div>
    </Form>
  );
}
