'use client';

import { Check } from 'lucide-react';
import { Fragment } from 'react';
import { PERMISSION_GROUPS } from '@/permissions/permission-groups.ts';
import type { Role } from './team-types.ts';

/** One line per permission, one column per role. */
export function PermissionMatrix({ roles }: { roles: readonly Role[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <div
      tabIndex={0}
      role="region"
      aria-label="Permissions by role"
      className="relative overflow-x-auto rounded-md border bg-surface"
    >
      <table className="w-full border-collapse text-left">
        <thead className="bg-sunken">
          <tr>
            <th scope="col" className="sticky left-0 h-9 border-b bg-sunken px-4 font-medium text-muted text-xs">
              Permission
            </th>
            {roles.map((role) => (
              <th
                key={role.id}
                scope="col"
                className="h-9 whitespace-nowrap border-b px-3 text-center font-medium text-muted text-xs"
              >
                {role.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {PERMISSION_GROUPS.map((group) => (
            <Fragment key={group.title}>
              <tr>
                <th
                  scope="colgroup"
                  colSpan={roles.length + 1}
                  className="px-4 pt-4 pb-1 font-medium text-faint text-xs"
                >
                  {group.title}
                </th>
              </tr>
              {group.permissions.map(({ name, words }) => (
                <tr key={name} className="border-b last:border-b-0">
                  <th scope="row" className="sticky left-0 min-w-48 bg-surface px-4 py-2 font-normal">
                    {words}
                  </th>
                  {roles.map((role) => (
                    <td key={role.id} className="px-3 text-center">
                      {role.permissions.includes(name) ? (
                        <Check aria-label="yes" className="mx-auto size-4 text-accent-text" />
                      ) : (
                        <span className="sr-only">no</span>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}
