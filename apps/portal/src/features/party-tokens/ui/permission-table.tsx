'use client';

import { Button, IconButton } from '@parley/ui/button';
import { Field, Input, Select } from '@parley/ui/field';
import { Section } from '@parley/ui/page';
import { clsx } from 'clsx';
import { Plus, Trash2 } from 'lucide-react';
import { nextRow, type PermissionRow, type TokenForm } from './token-form.ts';
import { ACTION_NAMES, ACTIONS, type Action } from './token-words.ts';

interface Props {
  readonly form: TokenForm;
  readonly onChange: (form: TokenForm) => void;
}

/** What each party may do while it acts; what no row allows is refused. */
export function PermissionTable({ form, onChange }: Props) {
  const { permissions } = form;
  const change = (row: number, more: Partial<PermissionRow>): void =>
    onChange({ ...form, permissions: permissions.map((one) => (one.row === row ? { ...one, ...more } : one)) });
  return (
    <Section
      title="What each may do"
      description={
        <>
          While it acts; what no row allows is refused. On what: <code className="text-xs">api:publisher/api/**</code>,{' '}
          <code className="text-xs">model:publisher/*</code>, <code className="text-xs">session:ses_…</code> or{' '}
          <code className="text-xs">party:id</code>, several with spaces between.
        </>
      }
      actions={
        <Button
          size="sm"
          icon={<Plus aria-hidden className="size-3.5" />}
          onClick={() =>
            onChange({
              ...form,
              permissions: [...permissions, { row: nextRow(), party: form.acting, actions: [], resources: '' }],
            })
          }
        >
          Add permission
        </Button>
      }
    >
      {permissions.length === 0 && <p className="text-muted text-sm">Nobody may do anything yet.</p>}
      <ul className="flex flex-col gap-3">
        {permissions.map((permission, at) => (
          <li key={permission.row} className="flex flex-col gap-3 rounded-md border p-3">
            <div className="grid grid-cols-[1fr_auto] items-end gap-2 sm:grid-cols-[12rem_1fr_auto]">
              <Field label="Party">
                <Select
                  value={permission.party}
                  onChange={(event) => change(permission.row, { party: event.target.value })}
                  options={form.parties.map(({ id }) => ({ value: id, label: id }))}
                />
              </Field>
              <Field label="On what" className="max-sm:col-span-2 max-sm:row-start-2">
                <Input
                  className="font-mono text-xs"
                  spellCheck={false}
                  value={permission.resources}
                  onChange={(event) => change(permission.row, { resources: event.target.value })}
                />
              </Field>
              <IconButton
                label={`Remove permission ${at + 1}`}
                onClick={() =>
                  onChange({ ...form, permissions: permissions.filter((one) => one.row !== permission.row) })
                }
              >
                <Trash2 />
              </IconButton>
            </div>
            <ActionChips
              label={`What ${permission.party} may do`}
              value={permission.actions}
              onChange={(actions) => change(permission.row, { actions })}
            />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function ActionChips({
  label,
  value,
  onChange,
}: {
  label: string;
  value: readonly Action[];
  onChange: (actions: Action[]) => void;
}) {
  return (
    <fieldset className="flex flex-wrap gap-1.5">
      <legend className="sr-only">{label}</legend>
      {ACTION_NAMES.map((action) => {
        const on = value.includes(action);
        return (
          <button
            key={action}
            type="button"
            aria-pressed={on}
            title={action}
            onClick={() => onChange(on ? value.filter((one) => one !== action) : [...value, action])}
            className={clsx(
              'rounded-full border px-2.5 py-1 text-xs',
              on ? 'border-accent bg-accent-soft text-accent-text' : 'text-muted hover:bg-hover',
            )}
          >
            {ACTIONS[action]}
          </button>
        );
      })}
    </fieldset>
  );
}
