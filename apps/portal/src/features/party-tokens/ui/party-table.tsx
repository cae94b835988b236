'use client';

import { Button, IconButton } from '@parley/ui/button';
import { Field, Input, Select } from '@parley/ui/field';
import { Section } from '@parley/ui/page';
import { Plus, Trash2 } from 'lucide-react';
import { nextRow, type PartyRow, type TokenForm } from './token-form.ts';
import { KINDS } from './token-words.ts';

interface Props {
  readonly form: TokenForm;
  readonly onChange: (form: TokenForm) => void;
}

/** PT-3.1. */
const MOST = 16;

/** Who takes part, who acts, and for whom. */
export function PartyTable({ form, onChange }: Props) {
  const { parties } = form;
  const rename = (party: PartyRow, id: string): void => {
    const renamed = (name: string): string => (name === party.id ? id : name);
    onChange({
      ...form,
      parties: parties.map((one) => (one.row === party.row ? { ...one, id } : one)),
      permissions: form.permissions.map((one) => ({ ...one, party: renamed(one.party) })),
      acting: renamed(form.acting),
      principal: renamed(form.principal),
    });
  };
  const change = (row: number, more: Partial<PartyRow>): void =>
    onChange({ ...form, parties: parties.map((one) => (one.row === row ? { ...one, ...more } : one)) });
  const remove = (party: PartyRow): void => {
    const left = parties.filter((one) => one.row !== party.row);
    const other = (name: string): string => (name === party.id ? (left[0]?.id ?? '') : name);
    onChange({
      ...form,
      parties: left,
      permissions: form.permissions.filter((one) => one.party !== party.id),
      acting: other(form.acting),
      principal: other(form.principal),
    });
  };
  const ids = parties.map(({ id }) => ({ value: id, label: id || 'without a name' }));
  return (
    <Section
      title="Who takes part"
      description="Keys of parties travel in the token itself: none are registered here."
      actions={
        parties.length < MOST && (
          <Button
            size="sm"
            icon={<Plus aria-hidden className="size-3.5" />}
            onClick={() =>
              onChange({
                ...form,
                parties: [...parties, { row: nextRow(), id: `party-${parties.length + 1}`, kind: 'user', role: '' }],
              })
            }
          >
            Add party
          </Button>
        )
      }
    >
      <ul className="flex flex-col gap-2">
        {parties.map((party, at) => (
          <li
            key={party.row}
            className="grid grid-cols-[1fr_auto] items-center gap-2 rounded-md border p-2 sm:grid-cols-[2fr_1fr_1fr_auto]"
          >
            <Input
              aria-label={`Id of party ${at + 1}`}
              value={party.id}
              spellCheck={false}
              onChange={(event) => rename(party, event.target.value)}
            />
            <Select
              aria-label={`Kind of party ${at + 1}`}
              className="max-sm:col-start-1"
              value={party.kind}
              onChange={(event) => change(party.row, { kind: event.target.value as PartyRow['kind'] })}
              options={KINDS}
            />
            <Input
              aria-label={`Role of party ${at + 1}`}
              className="max-sm:col-start-1"
              placeholder="role"
              value={party.role}
              spellCheck={false}
              onChange={(event) => change(party.row, { role: event.target.value })}
            />
            <IconButton
              label={`Remove ${party.id}`}
              disabled={parties.length === 1}
              className="max-sm:col-start-2 max-sm:row-start-1"
              onClick={() => remove(party)}
            >
              <Trash2 />
            </IconButton>
          </li>
        ))}
      </ul>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Who acts">
          <Select
            value={form.acting}
            onChange={(event) => onChange({ ...form, acting: event.target.value })}
            options={ids}
          />
        </Field>
        <Field label="For whom">
          <Select
            value={form.principal}
            onChange={(event) => onChange({ ...form, principal: event.target.value })}
            options={ids}
          />
        </Field>
      </div>
    </Section>
  );
}
