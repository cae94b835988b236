'use client';

import { Field, Input, Select, type SelectOption } from '@parley/ui/field';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/trpc/client.tsx';
import type { Budget } from './budget-words.ts';

interface Props {
  readonly scope: Budget['scope'];
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error: string | undefined;
}

const HINTS: Readonly<Record<string, string>> = {
  key: 'The key’s id: it is on the application’s page.',
  endUser: 'As callers name it in Parley-User or in the body.',
  tag: 'name=value, as callers write it in Parley-Tags.',
};
const LABELS: Readonly<Record<string, string>> = { key: 'Key', endUser: 'End user', tag: 'Tag' };

/** What a budget is about: chosen where the tenant knows them all, else written. */
export function SubjectField({ scope, ...rest }: Props) {
  switch (scope) {
    case 'tenant':
      return null;
    case 'team':
      return <Teams {...rest} />;
    case 'application':
      return <Applications {...rest} />;
    case 'api':
      return <Apis {...rest} />;
    case 'model':
      return <Models {...rest} />;
    default:
      return (
        <Field label={LABELS[scope] ?? scope} hint={HINTS[scope]} error={rest.error}>
          <Input className="font-mono" value={rest.value} onChange={(event) => rest.onChange(event.target.value)} />
        </Field>
      );
  }
}

type Choice = Omit<Props, 'scope'>;

function Chosen({
  label,
  options,
  value,
  onChange,
  error,
}: Choice & { label: string; options: SelectOption[] | undefined }) {
  return (
    <Field label={label} error={error}>
      <Select
        value={value}
        onChange={(event) => onChange(event.target.value)}
        options={[
          { value: '', label: options?.length === 0 ? `There is no ${label.toLowerCase()}` : 'Choose' },
          ...(options ?? []),
        ]}
      />
    </Field>
  );
}

function Teams(props: Choice) {
  const { data } = useQuery(useTRPC().budgets.teams.queryOptions({}));
  return <Chosen label="Team" options={data?.items.map(({ id, name }) => ({ value: id, label: name }))} {...props} />;
}

function Applications(props: Choice) {
  const { data } = useQuery(useTRPC().budgets.applications.queryOptions({ limit: 200 }));
  const options = data?.items.map(({ id, name }) => ({ value: id, label: name }));
  return <Chosen label="Application" options={options} {...props} />;
}

function Apis(props: Choice) {
  const { data } = useQuery(useTRPC().budgets.apis.queryOptions({}));
  return <Chosen label="API" options={data?.items.map(({ id, name }) => ({ value: id, label: name }))} {...props} />;
}

function Models(props: Choice) {
  const { data } = useQuery(useTRPC().budgets.models.queryOptions({}));
  return <Chosen label="Model" options={data?.items.map(({ slug }) => ({ value: slug, label: slug }))} {...props} />;
}
