'use client';

import { Badge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { Chooser } from '@parley/ui/chooser';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { inGroups } from './policy-groups.ts';
import type { PolicyForm } from './use-policies.ts';

/** A button that opens all policies there are, in groups; those in force open for a change. */
export function AddPolicy({
  forms,
  held,
  onChoose,
}: {
  forms: readonly PolicyForm[];
  held: (kind: string) => boolean;
  onChoose: (form: PolicyForm) => void;
}) {
  const [open, setOpen] = useState(false);
  const choose = (id: string): void => {
    setOpen(false);
    const form = forms.find(({ kind }) => kind === id);
    if (form) onChoose(form);
  };
  return (
    <>
      <Button size="sm" icon={<Plus className="size-3.5" />} onClick={() => setOpen(true)}>
        Add policy
      </Button>
      {open && (
        <Chooser
          title="Add policy"
          description="It holds for every route; a route may have its own instead."
          placeholder="Search policies"
          groups={inGroups(forms).map(({ title, forms: group }) => ({
            label: title,
            items: group.map(({ kind, title: label, purpose }) => ({
              id: kind,
              label,
              hint: purpose,
              note: held(kind) && <Badge tone="success">In force</Badge>,
            })),
          }))}
          onChoose={choose}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
