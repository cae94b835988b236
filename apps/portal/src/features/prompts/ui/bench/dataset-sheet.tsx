'use client';

import type { BenchRow } from '@parley/contracts/bench';
import type { PromptVariable } from '@parley/contracts/snapshot';
import { Button } from '@parley/ui/button';
import { Field, Input, Textarea } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { Segmented } from '@parley/ui/segmented';
import { Sheet } from '@parley/ui/sheet';
import { Skeleton } from '@parley/ui/skeleton';
import { toast } from '@parley/ui/toast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';

type Variable = Pick<PromptVariable, 'name' | 'type'>;
type Format = 'json' | 'csv';

interface Props {
  readonly slug: string;
  /** `null` for a new one. */
  readonly dataset: string | null;
  readonly variables: readonly Variable[];
  readonly readOnly: boolean;
  readonly onClose: () => void;
}

/** A dataset as text: JSON or CSV, brought in, changed, and taken out. */
export function DatasetSheet(props: Props) {
  const { slug, dataset, onClose } = props;
  const trpc = useTRPC();
  const held = useQuery({
    ...trpc.prompts.dataset.queryOptions({ prompt: slug, dataset: dataset ?? '', format: 'csv' }),
    enabled: dataset !== null,
  });
  return (
    <Sheet
      open
      wide
      onOpenChange={onClose}
      title={dataset ?? 'Add a dataset'}
      description="One row for each question: values of variables, the expected answer, and checks."
      footer={
        !props.readOnly && (
          <Button type="submit" form="dataset" variant="primary">
            Save
          </Button>
        )
      }
    >
      {dataset !== null && !held.data ? (
        <Skeleton className="h-64 w-full" />
      ) : (
        <DatasetForm
          {...props}
          json={JSON.stringify(held.data?.rows ?? [emptyRow(props.variables)], null, 2)}
          csv={held.data?.csv ?? `${[...props.variables.map(({ name }) => name), 'expected', 'checks'].join(',')}\n`}
        />
      )}
    </Sheet>
  );
}

function DatasetForm({ slug, dataset, readOnly, onClose, json, csv }: Props & { json: string; csv: string }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [name, setName] = useState(dataset ?? '');
  const [format, setFormat] = useState<Format>('json');
  const [texts, setTexts] = useState({ json, csv });
  const [unreadable, setUnreadable] = useState(false);
  const save = useMutation(
    trpc.prompts.saveDataset.mutationOptions({
      onSuccess: async ({ rows }) => {
        await queries.invalidateQueries(trpc.prompts.pathFilter());
        toast({ title: rows.length === 1 ? 'One row is saved' : `${rows.length} rows are saved` });
        onClose();
      },
    }),
  );
  const fault = faultOf(save.error);
  const submit = (): unknown => {
    const at = { prompt: slug, dataset: name.trim() };
    if (format === 'csv') return save.mutateAsync({ ...at, csv: texts.csv });
    const rows = rowsIn(texts.json);
    setUnreadable(rows === null);
    return rows === null ? undefined : save.mutateAsync({ ...at, rows });
  };
  const wrong = (fault?.issues ?? []).filter(({ path }) => path !== 'dataset');
  return (
    <Form id="dataset" fault={fault} fields={(fault?.issues ?? []).map(({ path }) => path)} onSubmit={submit}>
      {dataset === null && (
        <Field label="Short name" error={issueOf(fault, 'dataset')} hint="Small letters, digits and dashes.">
          <Input value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
      )}
      <div className="flex flex-wrap items-center gap-3">
        <Segmented
          label="Format"
          value={format}
          onChange={setFormat}
          segments={[
            { value: 'json', label: 'JSON' },
            { value: 'csv', label: 'CSV' },
          ]}
        />
        {!readOnly && (
          <label className="text-sm">
            <span className="sr-only">Bring in a file</span>
            <input
              type="file"
              accept=".json,.csv,text/csv,application/json"
              onChange={(event) => {
                const [file] = event.target.files ?? [];
                if (!file) return;
                const kind: Format = file.name.toLowerCase().endsWith('.csv') ? 'csv' : 'json';
                setFormat(kind);
                void file.text().then((text) => setTexts((before) => ({ ...before, [kind]: text })));
              }}
            />
          </label>
        )}
        {dataset !== null && (
          <a
            className="inline-flex items-center gap-1.5 text-sm underline"
            download={`${dataset}.${format}`}
            href={`data:${format === 'csv' ? 'text/csv' : 'application/json'};charset=utf-8,${encodeURIComponent(texts[format])}`}
          >
            <Download aria-hidden className="size-3.5" /> Download {format.toUpperCase()}
          </a>
        )}
      </div>
      <Field
        label={format === 'csv' ? 'Rows as CSV' : 'Rows as JSON'}
        error={
          unreadable
            ? 'This is not JSON. Check quotes and commas.'
            : wrong[0] && `${wrong[0].path}: ${wrong[0].message}`
        }
        hint={
          format === 'csv'
            ? 'A column for each variable, “expected”, and “checks” as JSON.'
            : 'Checks: equals, contains, lacks, matches, schema, length, latency, cost, judge.'
        }
      >
        <Textarea
          rows={18}
          readOnly={readOnly}
          spellCheck={false}
          className="font-mono text-xs leading-5"
          value={texts[format]}
          onChange={(event) => setTexts({ ...texts, [format]: event.target.value })}
        />
      </Field>
    </Form>
  );
}

/** What the server will check; `null` for what is no JSON. */
function rowsIn(text: string): BenchRow[] | null {
  try {
    return JSON.parse(text) as BenchRow[];
  } catch {
    return null;
  }
}

function emptyRow(variables: readonly Variable[]) {
  const values = Object.fromEntries(variables.map(({ name, type }) => [name, type === 'string' ? 'Some text' : null]));
  return { variables: values, expected: '', checks: [{ kind: 'length', min: 1 }] };
}
