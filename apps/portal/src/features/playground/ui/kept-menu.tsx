'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Field, Input } from '@parley/ui/field';
import { Form } from '@parley/ui/form';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '@parley/ui/menu';
import { toast } from '@parley/ui/toast';
import { FilePlus2, FolderOpen, Link2, MessageSquareCode, Save, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { type Conversation, newConversation } from './conversation.ts';
import { type Kept, linkPart, type Shelf } from './kept.ts';

interface Props {
  readonly shelf: Shelf | null;
  readonly conversation: Conversation;
  readonly onOpen: (conversation: Conversation) => void;
  /** `null` for those who may not write prompts. */
  readonly onPrompt: (() => void) | null;
}

/** Keeps conversations under names in this browser, opens them again, and makes links and prompts of them. */
export function KeptMenu({ shelf, conversation, onOpen, onPrompt }: Props) {
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState('');
  const [kept, setKept] = useState<readonly Kept[]>([]);
  const refresh = (): void => setKept(shelf?.list() ?? []);
  const copyLink = async (): Promise<void> => {
    const made = await linkPart(conversation);
    if (made === null)
      return toast({ tone: 'danger', title: 'This conversation is too long for a link. Keep it here.' });
    const url = new URL(window.location.href);
    url.hash = made.part;
    await navigator.clipboard.writeText(url.href);
    toast({ title: made.leftOut ? 'Link copied, without the pictures: they are too large for one' : 'Link copied' });
  };
  const save = async (): Promise<void> => {
    const fits = shelf?.keep(name.trim(), conversation, Date.now()) ?? false;
    if (fits) setNaming(false);
    toast(
      fits
        ? { title: `“${name.trim()}” is kept in this browser` }
        : { tone: 'danger', title: 'There is no room for it.' },
    );
  };
  return (
    <>
      <Button icon={<Link2 className="size-4" />} onClick={() => void copyLink()}>
        Copy link
      </Button>
      {onPrompt && (
        <Button icon={<MessageSquareCode className="size-4" />} onClick={onPrompt}>
          Make a prompt
        </Button>
      )}
      <span onPointerDown={refresh} onFocus={refresh}>
        <Menu trigger={<Button icon={<FolderOpen className="size-4" />}>Kept</Button>} className="max-w-80">
          <MenuItem icon={<FilePlus2 />} onSelect={() => onOpen(newConversation(conversation.models))}>
            New conversation
          </MenuItem>
          <MenuItem icon={<Save />} onSelect={() => setNaming(true)}>
            Keep this one…
          </MenuItem>
          <MenuSeparator />
          <MenuLabel>{kept.length > 0 ? 'In this browser' : 'Nothing is kept in this browser yet'}</MenuLabel>
          {kept.map((one) => (
            <MenuItem
              key={one.name}
              onSelect={() => {
                setName(one.name);
                onOpen(one.conversation);
              }}
            >
              {one.name}
            </MenuItem>
          ))}
          {kept.some((one) => one.name === name.trim()) && (
            <>
              <MenuSeparator />
              <MenuItem danger icon={<Trash2 />} onSelect={() => shelf?.forget(name.trim())}>
                Forget “{name.trim()}”
              </MenuItem>
            </>
          )}
        </Menu>
      </span>
      <Dialog
        open={naming}
        onOpenChange={setNaming}
        title="Keep this conversation"
        description="In this browser, for you. The key is not part of it."
        footer={
          <>
            <Button onClick={() => setNaming(false)}>Cancel</Button>
            <Button type="submit" form="keep-conversation" variant="primary" disabled={name.trim() === ''}>
              Keep
            </Button>
          </>
        }
      >
        <Form id="keep-conversation" fault={null} fields={['name']} onSubmit={save}>
          <Field label="Name" hint="One of the same name is replaced.">
            <Input value={name} maxLength={80} onChange={(event) => setName(event.target.value)} />
          </Field>
        </Form>
      </Dialog>
    </>
  );
}
