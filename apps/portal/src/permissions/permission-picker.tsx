'use client';

import { Checkbox } from '@parley/ui/toggle';
import { useShell } from '@/shell/shell-context.tsx';
import { PERMISSION_GROUPS } from './permission-groups.ts';

/** Chooses permissions among those this person holds: nobody hands out more than they have. */
export function PermissionPicker({
  label,
  chosen,
  error,
  onChange,
}: {
  label: string;
  chosen: ReadonlySet<string>;
  error: string | undefined;
  onChange: (chosen: ReadonlySet<string>) => void;
}) {
  const { can } = useShell();
  const toggle = (names: readonly string[], on: boolean): void => {
    const next = new Set(chosen);
    for (const name of names) {
      if (on) next.add(name);
      else next.delete(name);
    }
    onChange(next);
  };
  const groups = PERMISSION_GROUPS.map((group) => ({
    ...group,
    permissions: group.permissions.filter(({ name }) => can(name)),
  })).filter((group) => group.permissions.length > 0);
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1.5 font-medium text-sm">{label}</legend>
      {error && (
        <p role="alert" className="text-danger-text text-xs">
          {error}
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div tabIndex={0} role="group" aria-label={label} className="max-h-80 divide-y overflow-y-auto rounded-md border">
        {groups.map((group) => {
          const names = group.permissions.map(({ name }) => name);
          const all = names.every((name) => chosen.has(name));
          return (
            <div key={group.title} className="px-4 py-3">
              <div className="flex items-baseline justify-between gap-3 pb-2">
                <span className="font-medium text-muted text-xs">{group.title}</span>
                <button
                  type="button"
                  className="text-accent-text text-xs hover:underline"
                  onClick={() => toggle(names, !all)}
                >
                  {all ? 'None' : 'All'}
                  <span className="sr-only"> of {group.title}</span>
                </button>
              </div>
              <div className="flex flex-col gap-2">
                {group.permissions.map(({ name, words }) => (
                  <Checkbox key={name} label={words} checked={chosen.has(name)} onChange={(on) => toggle([name], on)} />
                ))}
              </div>
            </div>
          );
        })}
      </div>
    </fieldset>
  );
}
