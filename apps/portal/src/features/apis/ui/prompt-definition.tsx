'use client';

import { Field, Select } from '@parley/ui/field';
import { type FormFault, issueOf } from '@parley/ui/form';
import { TextLink } from '@parley/ui/link';
import { Notice } from '@parley/ui/page';
import { useQuery } from '@tanstack/react-query';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';

interface Props {
  readonly prompt: string;
  readonly promptVersion: number | null;
  readonly onChange: (prompt: string, promptVersion: number | null) => void;
  readonly fault: FormFault | null;
  readonly readOnly: boolean;
}

/** Which prompt a version serves, and which saved version of it. */
export function PromptDefinition({ prompt, promptVersion, onChange, fault, readOnly }: Props) {
  const trpc = useTRPC();
  const { can, href } = useShell();
  const allowed = can('prompts.read');
  const prompts = useQuery({ ...trpc.apis.prompts.queryOptions({ limit: 200 }), enabled: allowed });
  const versions = useQuery({
    ...trpc.apis.promptVersions.queryOptions({ prompt, limit: 200 }),
    enabled: allowed && prompt !== '',
  });
  const saved = (prompts.data?.items ?? []).filter(({ latestVersion }) => latestVersion !== null);
  const numbers = (versions.data?.items ?? []).map((version) => ({
    value: String(version.number),
    label: `Version ${version.number}${version.note ? ` · ${version.note}` : ''}`,
  }));
  const options = saved.map(({ slug, name }) => ({ value: slug, label: name }));
  if (prompts.data && saved.length === 0) {
    return (
      <Notice tone="warning" title="There is no saved prompt yet">
        <TextLink href={href('prompts')}>Write one</TextLink> and save it first.
      </Notice>
    );
  }
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field
        label="Prompt"
        error={issueOf(fault, 'definition.prompt')}
        aside={prompt !== '' && <TextLink href={href(`prompts/${prompt}`)}>Open it</TextLink>}
      >
        <Select
          disabled={readOnly}
          placeholder="Choose a prompt"
          value={prompt}
          onChange={(event) => {
            const latest = saved.find(({ slug }) => slug === event.target.value)?.latestVersion ?? null;
            onChange(event.target.value, latest);
          }}
          options={
            options.some(({ value }) => value === prompt) || prompt === ''
              ? options
              : [...options, { value: prompt, label: prompt }]
          }
        />
      </Field>
      <Field
        label="Version of the prompt"
        error={issueOf(fault, 'definition.promptVersion')}
        hint="It stays on this one until you choose another."
      >
        <Select
          disabled={readOnly || prompt === ''}
          placeholder="Choose a version"
          value={promptVersion === null ? '' : String(promptVersion)}
          onChange={(event) => onChange(prompt, Number(event.target.value))}
          options={
            promptVersion === null || numbers.some(({ value }) => value === String(promptVersion))
              ? numbers
              : [...numbers, { value: String(promptVersion), label: `Version ${promptVersion}` }]
          }
        />
      </Field>
    </div>
  );
}
