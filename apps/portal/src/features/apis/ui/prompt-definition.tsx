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
  /** The label it follows in place of a number. */
  readonly promptLabel: string | null;
  readonly onChange: (prompt: string, promptVersion: number | null, promptLabel: string | null) => void;
  readonly fault: FormFault | null;
  readonly readOnly: boolean;
}

/** Which prompt a version serves, and which saved version of it. */
export function PromptDefinition({ prompt, promptVersion, promptLabel, onChange, fault, readOnly }: Props) {
  const trpc = useTRPC();
  const { can, href } = useShell();
  const allowed = can('prompts.read');
  const prompts = useQuery({ ...trpc.apis.prompts.queryOptions({ limit: 200 }), enabled: allowed });
  const versions = useQuery({
    ...trpc.apis.promptVersions.queryOptions({ prompt, limit: 200 }),
    enabled: allowed && prompt !== '',
  });
  const labels = useQuery({
    ...trpc.apis.promptLabels.queryOptions({ prompt }),
    enabled: allowed && prompt !== '',
  });
  const followed = (labels.data?.items ?? []).map(({ label, version }) => ({
    value: `@${label}`,
    label: `Follow ${label} (now version ${version})`,
  }));
  const chosen = promptLabel !== null ? `@${promptLabel}` : promptVersion === null ? '' : String(promptVersion);
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
            onChange(event.target.value, latest, null);
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
        error={issueOf(fault, 'definition.promptVersion') ?? issueOf(fault, 'definition.promptLabel')}
        hint={
          promptLabel === null
            ? 'It stays on this one until you choose another.'
            : 'It serves what the label leads to, within a second of each move.'
        }
      >
        <Select
          disabled={readOnly || prompt === ''}
          placeholder="Choose a version"
          value={chosen}
          onChange={({ target: { value } }) =>
            value.startsWith('@') ? onChange(prompt, null, value.slice(1)) : onChange(prompt, Number(value), null)
          }
          options={
            chosen === '' || [...followed, ...numbers].some(({ value }) => value === chosen)
              ? [...followed, ...numbers]
              : [...followed, ...numbers, { value: chosen, label: promptLabel ?? `Version ${promptVersion}` }]
          }
        />
      </Field>
    </div>
  );
}
