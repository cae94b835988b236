'use client';

import { Button } from '@parley/ui/button';
import { Checkbox, Field, Input, Select } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { Sheet } from '@parley/ui/sheet';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';

type Prompt = RouterOutputs['prompts']['get'];

interface Props {
  readonly prompt: Prompt;
  readonly datasets: readonly string[];
  readonly onClose: () => void;
  readonly onStarted: (run: string) => void;
}

/** Versions shown to choose from. */
const SHOWN = 12;

/** What is asked of whom, and how much it may cost. */
export function RunForm({ prompt, datasets, onClose, onStarted }: Props) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const latest = prompt.latestVersion ?? 1;
  const [dataset, setDataset] = useState(datasets[0] ?? '');
  const [versions, setVersions] = useState<readonly number[]>([latest]);
  const [models, setModels] = useState<readonly string[]>([]);
  const [judgeModel, setJudgeModel] = useState('');
  const [concurrency, setConcurrency] = useState('4');
  const [costCap, setCostCap] = useState('1');
  const known = useQuery(trpc.prompts.models.queryOptions({ limit: 200 }));
  const slugs = (known.data?.items ?? []).filter((one) => !one.disabledAt && one.price).map(({ slug }) => slug);
  const start = useMutation(
    trpc.prompts.startRun.mutationOptions({
      onSuccess: async (run) => {
        await queries.invalidateQueries(trpc.prompts.runs.queryFilter());
        onStarted(run.id);
      },
    }),
  );
  const fault = faultOf(start.error);
  const numbers = Array.from({ length: Math.min(latest, SHOWN) }, (_, at) => latest - at);
  return (
    <Sheet
      open
      onOpenChange={onClose}
      title="Run a dataset"
      description="Every row is asked of every version and model you choose, for real."
      footer={
        <Button
          type="submit"
          form="start-run"
          variant="primary"
          busy={start.isPending}
          disabled={versions.length === 0}
        >
          Start
        </Button>
      }
    >
      <Form
        id="start-run"
        fault={fault}
        fields={['dataset', 'versions', 'models', 'judgeModel', 'concurrency', 'costCap']}
        onSubmit={() =>
          start.mutateAsync({
            prompt: prompt.slug,
            dataset,
            versions: [...versions],
            models: [...models],
            judgeModel: judgeModel || null,
            concurrency: Number(concurrency),
            costCap,
          })
        }
      >
        <Field label="Dataset" error={issueOf(fault, 'dataset')}>
          <Select
            value={dataset}
            onChange={(event) => setDataset(event.target.value)}
            options={datasets.map((value) => ({ value, label: value }))}
          />
        </Field>
        <Checks
          label="Versions"
          error={issueOf(fault, 'versions')}
          options={numbers.map((number) => ({ value: number, label: `Version ${number}` }))}
          chosen={versions}
          onChange={setVersions}
        />
        <Checks
          label="Models"
          hint="None: each version’s own."
          error={issueOf(fault, 'models')}
          options={slugs.map((value) => ({ value, label: value }))}
          chosen={models}
          onChange={setModels}
        />
        <Field label="Model that judges" optional error={issueOf(fault, 'judgeModel')} hint="For rows with a rubric.">
          <Select
            value={judgeModel}
            onChange={(event) => setJudgeModel(event.target.value)}
            options={[{ value: '', label: 'None' }, ...slugs.map((value) => ({ value, label: value }))]}
          />
        </Field>
        <div className="grid grid-cols-2 gap-3">
          <Field label="At once" error={issueOf(fault, 'concurrency')} hint="1 to 10 answers.">
            <Input inputMode="numeric" value={concurrency} onChange={(event) => setConcurrency(event.target.value)} />
          </Field>
          <Field label="May cost" error={issueOf(fault, 'costCap')} hint="Nothing is asked beyond it.">
            <Input inputMode="decimal" value={costCap} onChange={(event) => setCostCap(event.target.value)} />
          </Field>
        </div>
      </Form>
    </Sheet>
  );
}

function Checks<Value extends string | number>({
  label,
  hint,
  error,
  options,
  chosen,
  onChange,
}: {
  label: string;
  hint?: string;
  error: string | undefined;
  options: readonly { readonly value: Value; readonly label: string }[];
  chosen: readonly Value[];
  onChange: (chosen: readonly Value[]) => void;
}) {
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 font-medium text-sm">{label}</legend>
      <div className="grid max-h-48 grid-cols-2 gap-2 overflow-y-auto">
        {options.map(({ value, label: text }) => (
          <Checkbox
            key={value}
            label={text}
            checked={chosen.includes(value)}
            onChange={(checked) => onChange(checked ? [...chosen, value] : chosen.filter((one) => one !== value))}
          />
        ))}
      </div>
      {hint && <p className="text-faint text-xs">{hint}</p>}
      {error && (
        <p role="alert" className="text-danger-text text-xs">
          {error}
        </p>
      )}
    </fieldset>
  );
}
