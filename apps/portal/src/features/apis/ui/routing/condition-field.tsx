'use client';

import { Field, Textarea } from '@parley/ui/field';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';

/** A condition over the call, checked while it is typed; `error` is what saving said of it. */
export function ConditionField({
  label,
  value,
  error,
  onChange,
}: {
  label: string;
  value: string;
  error: string | undefined;
  onChange: (text: string) => void;
}) {
  const typed = useDeferredValue(value.trim());
  const { data } = useQuery({
    queryKey: ['condition', typed],
    queryFn: async () => (await import('./condition-check.ts')).checkCondition(typed),
    enabled: typed !== '',
    staleTime: Number.POSITIVE_INFINITY,
  });
  const checked = typed === '' ? undefined : data;
  return (
    <div className="flex flex-col gap-1.5">
      <Field
        label={label}
        error={checked?.problem ? undefined : error}
        hint="Where it does not hold, the model is left out. Such as: request.body.user == &quot;vip&quot;, plan == &quot;gold&quot;, &quot;x-tier&quot; in request.headers"
      >
        <Textarea
          rows={Math.min(8, Math.max(2, value.split('\n').length))}
          spellCheck={false}
          autoCapitalize="none"
          maxLength={2000}
          className="overflow-x-auto whitespace-pre font-mono text-xs"
          {...(checked?.problem ? { 'aria-invalid': true } : {})}
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      </Field>
      <p role="status" className={checked?.problem ? 'break-words text-danger-text text-xs' : 'text-muted text-xs'}>
        {checked &&
          (checked.problem ??
            `It can be asked${checked.reads.length > 0 ? `: it reads ${checked.reads.join(', ')}` : ''}.`)}
      </p>
    </div>
  );
}
