'use client';

import { Checkbox, Field, Input, Select } from '@parley/ui/field';
import { Section } from '@parley/ui/page';
import { useQuery } from '@tanstack/react-query';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { type OpenApi, OWN, type TokenForm } from './token-form.ts';

interface Props {
  readonly form: TokenForm;
  readonly onChange: (form: TokenForm) => void;
  readonly apis: readonly OpenApi[];
  readonly application: string;
}

/** What the token opens, how often and how long. */
export function TermsFields({ form, onChange, apis, application }: Props) {
  const trpc = useTRPC();
  const { can } = useShell();
  const sessions = useQuery({
    ...trpc.partyTokens.sessions.queryOptions({ application, state: 'active', limit: 20 }),
    enabled: can('usage.read'),
  });
  const toSession = (session: string): void => {
    const named = session && session !== OWN ? session : '*';
    onChange({
      ...form,
      session,
      permissions: form.permissions.map((one) => ({
        ...one,
        resources: one.resources.replaceAll(/session:\S+/g, `session:${named}`),
      })),
    });
  };
  return (
    <Section title="For what, how often, how long">
      <div className="grid gap-5 sm:grid-cols-2">
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1.5 font-medium text-sm">APIs it is for</legend>
          {apis.length === 0 && <p className="text-muted text-sm">The application may call no API yet.</p>}
          {apis.map(({ name }) => (
            <Checkbox
              key={name}
              label={name}
              checked={form.apis.includes(name)}
              onChange={(checked) =>
                onChange({ ...form, apis: checked ? [...form.apis, name] : form.apis.filter((one) => one !== name) })
              }
            />
          ))}
        </fieldset>
        <div className="flex flex-col gap-5">
          <Field label="Conversation it goes on with" optional>
            <Select
              value={form.session}
              onChange={(event) => toSession(event.target.value)}
              options={[
                { value: '', label: 'None' },
                { value: OWN, label: 'Those it opens itself' },
                ...(sessions.data?.items ?? []).map(({ id, turns }) => ({
                  value: id,
                  label: `${id.slice(0, 12)}…${id.slice(-6)}, ${turns} ${turns === 1 ? 'turn' : 'turns'}`,
                })),
              ]}
            />
          </Field>
          <Field label="Calls it may make" optional hint="With all tokens that are exchanged from it. Empty: no bound.">
            <Input
              inputMode="numeric"
              value={form.uses}
              onChange={(event) => onChange({ ...form, uses: event.target.value })}
            />
          </Field>
          <Field label="Minutes it is good for" hint="A day at most.">
            <Input
              inputMode="numeric"
              value={form.minutes}
              onChange={(event) => onChange({ ...form, minutes: event.target.value })}
            />
          </Field>
        </div>
      </div>
    </Section>
  );
}
