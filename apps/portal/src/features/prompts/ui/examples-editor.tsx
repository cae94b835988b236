'use client';

import { Button, IconButton } from '@parley/ui/button';
import { Field, Textarea } from '@parley/ui/field';
import { type FormFault, issueOf } from '@parley/ui/form';
import { Plus, Trash2 } from 'lucide-react';
import { type Draft, type ExampleDraft, emptyExample } from './draft.ts';

interface Props {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly fault: FormFault | null;
  readonly readOnly: boolean;
}

/** Pairs of a question and the answer that is wanted, shown to the model before the real question. */
export function ExamplesEditor({ draft, onChange, fault, readOnly }: Props) {
  const { examples } = draft;
  const set = (next: readonly ExampleDraft[]): void => onChange({ ...draft, examples: next });
  const change = (key: number, part: Partial<ExampleDraft>): void =>
    set(examples.map((one) => (one.key === key ? { ...one, ...part } : one)));
  if (readOnly && examples.length === 0) return null;
  return (
    <section aria-label="Examples" className="flex flex-col gap-3">
      <div className="flex items-center justify-between">
        <h2 className="font-semibold text-sm">Examples</h2>
        {!readOnly && (
          <Button size="sm" icon={<Plus className="size-3.5" />} onClick={() => set([...examples, emptyExample()])}>
            Add example
          </Button>
        )}
      </div>
      {examples.length === 0 && (
        <p className="text-faint text-sm">
          None. A few pairs of question and wanted answer often do more than another instruction.
        </p>
      )}
      {issueOf(fault, 'definition.examples') && (
        <p role="alert" className="text-danger-text text-xs">
          {issueOf(fault, 'definition.examples')}
        </p>
      )}
      {examples.map((example, at) => (
        <div key={example.key} className="grid gap-3 rounded-md border bg-surface p-3 sm:grid-cols-[1fr_1fr_auto]">
          {(['input', 'output'] as const).map((field) => (
            <Field
              key={field}
              label={field === 'input' ? `Question ${at + 1}` : `Answer ${at + 1}`}
              error={issueOf(fault, `definition.examples.${at}.${field}`)}
            >
              <Textarea
                rows={Math.min(10, Math.max(2, example[field].split('\n').length))}
                readOnly={readOnly}
                className="font-mono text-xs leading-5"
                value={example[field]}
                onChange={(event) => change(example.key, { [field]: event.target.value })}
              />
            </Field>
          ))}
          {!readOnly && (
            <IconButton
              label={`Remove example ${at + 1}`}
              onClick={() => set(examples.filter((one) => one.key !== example.key))}
            >
              <Trash2 />
            </IconButton>
          )}
        </div>
      ))}
    </section>
  );
}
