'use client';

import { Field, Textarea } from '@parley/ui/field';
import type { FormFault } from '@parley/ui/form';
import { Skeleton } from '@parley/ui/skeleton';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Fields } from '@/schema-form/schema-node.ts';

/** The options of an upstream as `parley apply` takes them. What can be read goes on at once. */
export function OptionsYaml({
  options,
  fault,
  onChange,
  onBroken,
}: {
  options: Fields;
  fault: FormFault | null;
  onChange: (options: Fields) => void;
  onBroken: (broken: boolean) => void;
}) {
  // The YAML library comes when somebody asks for YAML.
  const { data: yaml } = useQuery({
    queryKey: ['yaml-library'],
    queryFn: () => import('@/schema-form/yaml-part.ts'),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [typed, setTyped] = useState<string | null>(null);
  if (!yaml) return <Skeleton className="h-40 w-full" />;
  const text = typed ?? yaml.writeYaml('options', options);
  const read = yaml.readYaml('options', text);
  const problems =
    'problems' in read
      ? read.problems
      : (fault?.issues ?? [])
          .filter(({ path }) => path.startsWith('options.') || path === 'options')
          .map(({ path, message }) => {
            const steps = path.split('.').slice(1);
            return { line: read.lineOf(steps), message: `${steps.join('.')}: ${message}` };
          });
  return (
    <Field
      label="Options as YAML"
      error={problems.map(({ line, message }) => `Line ${line}: ${message}`).join(' ') || undefined}
      hint="As below upstreams in a file for parley apply."
    >
      <Textarea
        rows={Math.min(24, Math.max(8, text.split('\n').length + 1))}
        spellCheck={false}
        className="overflow-x-auto whitespace-pre font-mono text-xs"
        value={text}
        onChange={({ target }) => {
          setTyped(target.value);
          const next = yaml.readYaml('options', target.value);
          onBroken('problems' in next);
          if ('value' in next) onChange(next.value as Fields);
        }}
      />
    </Field>
  );
}
