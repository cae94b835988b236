'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Checkbox } from '@parley/ui/field';
import { SecretOnce } from '@parley/ui/secret-once';
import { useState } from 'react';
import type { RevealedKey } from './application-types.ts';

/** A key's secret, this once. It closes only when the reader says they have it. */
export function RevealDialog({ revealed, onClose }: { revealed: RevealedKey; onClose: () => void }) {
  const [stored, setStored] = useState(false);
  return (
    <Dialog
      open
      sticky
      onOpenChange={() => undefined}
      title={`The key “${revealed.name}”`}
      footer={
        <Button variant="primary" disabled={!stored} onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <SecretOnce secret={revealed.secret} label="API key">
          Copy it now and keep it where your program reads its secrets. It is shown this once: we keep only a
          fingerprint of it. Whoever has it can call as this application.
        </SecretOnce>
        <Checkbox label="I have copied the key" checked={stored} onChange={setStored} />
      </div>
    </Dialog>
  );
}
