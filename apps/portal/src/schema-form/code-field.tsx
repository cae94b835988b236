'use client';

import { Field, Textarea } from '@parley/ui/field';
import { hintOf, issuesAt, type NodeProps } from './field-parts.tsx';
import { bare } from './schema-node.ts';

/** From this length on a text is a document that somebody has as a file. */
const DOCUMENT = 20_000;

/** An expression or a document: a box that grows with it, and a file where documents are that long. */
export function CodeField({
  optional,
  write,
  ...props
}: NodeProps & { optional: boolean; write: (text: string) => void }) {
  const { label, value, schema, fault, path } = props;
  const text = typeof value === 'string' ? value : '';
  const fromFile = (bare(schema).schema.maxLength ?? 0) >= DOCUMENT;
  return (
    <Field
      label={label}
      hint={hintOf(props)}
      optional={optional}
      error={issuesAt(fault, path)}
      aside={
        fromFile && (
          <label className="cursor-pointer rounded-xs text-accent-text underline focus-within:outline-2 focus-within:outline-accent">
            Take it from a file
            <input
              type="file"
              className="sr-only"
              aria-label={`${label} from a file`}
              onChange={({ target }) => void target.files?.[0]?.text().then(write)}
            />
          </label>
        )
      }
    >
      <Textarea
        rows={Math.min(20, Math.max(3, text.split('\n').length + 1))}
        spellCheck={false}
        autoCapitalize="none"
        className="overflow-x-auto whitespace-pre font-mono text-xs"
        value={text}
        onChange={({ target }) => write(target.value)}
      />
    </Field>
  );
}
