'use client';

import { Checkbox } from '@parley/ui/field';
import { type FormFault, issueOf } from '@parley/ui/form';
import { TextLink } from '@parley/ui/link';
import { Notice } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useQuery } from '@tanstack/react-query';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';

interface Props {
  readonly chosen: readonly string[];
  readonly onChange: (models: string[]) => void;
  readonly fault: FormFault | null;
  readonly readOnly: boolean;
}

/** Which models a version opens to its subscribers. */
export function ModelsDefinition({ chosen, onChange, fault, readOnly }: Props) {
  const trpc = useTRPC();
  const { can, href } = useShell();
  const models = useQuery({ ...trpc.apis.models.queryOptions({ limit: 200 }), enabled: can('providers.read') });
  if (!can('providers.read')) return <p className="text-sm">{chosen.join(', ') || 'No model'}</p>;
  if (!models.data) return <SkeletonRows rows={3} />;
  if (models.data.items.length === 0) {
    return (
      <Notice tone="warning" title="There is no model yet">
        <TextLink href={href('models')}>Add a provider and a model</TextLink> first.
      </Notice>
    );
  }
  const error = issueOf(fault, 'definition.models');
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="sr-only">Models</legend>
      <div className="grid gap-3 rounded-md border bg-surface p-4 sm:grid-cols-2">
        {models.data.items.map((model) => (
          <Checkbox
            key={model.id}
            label={<span className="font-mono">{model.slug}</span>}
            hint={
              model.disabledAt
                ? 'Out of service: it cannot be served.'
                : model.price
                  ? `${model.price.input} in · ${model.price.output} out ${model.price.currency} per million tokens`
                  : 'No price: it cannot be served.'
            }
            disabled={readOnly}
            checked={chosen.includes(model.slug)}
            onChange={(on) => onChange(on ? [...chosen, model.slug] : chosen.filter((slug) => slug !== model.slug))}
          />
        ))}
      </div>
      {error && (
        <p role="alert" className="text-danger-text text-xs">
          {error}
        </p>
      )}
    </fieldset>
  );
}
