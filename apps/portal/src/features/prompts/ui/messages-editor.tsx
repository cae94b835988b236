'use client';

import { Button, IconButton } from '@parley/ui/button';
import { Select, Textarea } from '@parley/ui/field';
import { type FormFault, issueOf } from '@parley/ui/form';
import { ArrowUp, Plus, Trash2 } from 'lucide-react';
import { type Draft, emptyMessage, emptyVariable, type MessageDraft, undeclared } from './draft.ts';

const ROLES = [
  { value: 'system', label: 'System' },
  { value: 'user', label: 'User' },
  { value: 'assistant', label: 'Assistant' },
] as const;

interface Props {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly fault: FormFault | null;
  readonly readOnly: boolean;
}

/** The messages of a prompt in order, with their placeholders. */
export function MessagesEditor({ draft, onChange, fault, readOnly }: Props) {
  const { messages } = draft;
  const set = (next: readonly MessageDraft[]): void => onChange({ ...draft, messages: next });
  const change = (at: number, part: Partial<MessageDraft>): void =>
    set(messages.map((message, index) => (index === at ? { ...message, ...part } : message)));
  const raise = (at: number): void => {
    const moved = messages[at];
    if (moved) set([...messages.slice(0, at - 1), moved, ...messages.slice(at - 1, at), ...messages.slice(at + 1)]);
  };
  const missing = undeclared(draft);
  return (
    <section aria-label="Messages" className="flex flex-col gap-3">
      {messages.map((message, at) => {
        const error = issueOf(fault, `definition.messages.${at}.text`);
        return (
          <div key={message.key} className="rounded-md border bg-surface">
            <div className="flex items-center gap-1 border-b px-2 py-1">
              <Select
                aria-label={`Role of message ${at + 1}`}
                className="w-32"
                disabled={readOnly}
                value={message.role}
                onChange={(event) => change(at, { role: event.target.value as MessageDraft['role'] })}
                options={ROLES}
              />
              {!readOnly && (
                <span className="ml-auto flex">
                  {at > 0 && (
                    <IconButton label={`Move message ${at + 1} up`} size="sm" onClick={() => raise(at)}>
                      <ArrowUp />
                    </IconButton>
                  )}
                  {messages.length > 1 && (
                    <IconButton
                      label={`Remove message ${at + 1}`}
                      size="sm"
                      onClick={() => set(messages.filter((one) => one.key !== message.key))}
                    >
                      <Trash2 />
                    </IconButton>
                  )}
                </span>
              )}
            </div>
            <Textarea
              aria-label={`Text of message ${at + 1}`}
              aria-invalid={error ? true : undefined}
              rows={Math.min(18, Math.max(3, message.text.split('\n').length + 1))}
              readOnly={readOnly}
              placeholder={PLACEHOLDERS[message.role]}
              value={message.text}
              onChange={(event) => change(at, { text: event.target.value })}
              className="rounded-t-none border-0 font-mono text-xs leading-5"
            />
            {error && (
              <p role="alert" className="px-3 pb-2 text-danger-text text-xs">
                {error}
              </p>
            )}
          </div>
        );
      })}
      {!readOnly && (
        <div className="flex flex-wrap items-center gap-2">
          <Button
            size="sm"
            icon={<Plus className="size-3.5" />}
            onClick={() => set([...messages, emptyMessage(messages.at(-1)?.role === 'user' ? 'assistant' : 'user')])}
          >
            Add message
          </Button>
          {missing.map((name) => (
            <Button
              key={name}
              size="sm"
              icon={<Plus className="size-3.5" />}
              onClick={() => onChange({ ...draft, variables: [...draft.variables, emptyVariable(name)] })}
            >
              Add variable <span className="font-mono">{name}</span>
            </Button>
          ))}
        </div>
      )}
    </section>
  );
}

const PLACEHOLDERS: Readonly<Record<MessageDraft['role'], string>> = {
  system: 'Who the model is and what it must keep to.',
  user: 'What is asked. Write {{name}} where a value goes.',
  assistant: 'An answer it is to have given, as an example.',
};
