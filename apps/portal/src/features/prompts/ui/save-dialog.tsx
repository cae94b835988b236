'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Field, Input } from '@parley/ui/field';
import { Form } from '@parley/ui/form';
import { useState } from 'react';

/** Asks what changed before a version is saved. */
export function SaveDialog({
  number,
  onSave,
  onClose,
}: {
  number: number;
  onSave: (note: string) => Promise<unknown>;
  onClose: () => void;
}) {
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    await onSave(note).catch(() => undefined);
    onClose();
  };
  return (
    <Dialog
      open
      size="sm"
      onOpenChange={onClose}
      title={`Save version ${number}`}
      description="It stays as it is. What is published changes only when you publish it."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="save-version" variant="primary" busy={busy}>
            Save
          </Button>
        </>
      }
    >
      <Form id="save-version" onSubmit={save}>
        <Field label="What changed" optional>
          <Input maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
        </Field>
      </Form>
    </Dialog>
  );
}
