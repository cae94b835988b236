'use client';

import { Field, Select } from '@parley/ui/field';
import { useGrantableRoles } from './use-team.ts';

/** Chooses one of the roles this person may hand out, with what it is for beneath. */
export function RoleField({
  value,
  error,
  onChange,
}: {
  value: string;
  error: string | undefined;
  onChange: (slug: string) => void;
}) {
  const roles = useGrantableRoles();
  const chosen = roles.find((role) => role.slug === value);
  return (
    <Field
      label="Role"
      error={error}
      hint={chosen && (chosen.summary || `May use ${chosen.permissions.length} permissions; see Roles.`)}
    >
      <Select
        name="role"
        value={value}
        placeholder="Choose a role"
        options={roles.map((role) => ({ value: role.slug, label: role.name }))}
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  );
}
