'use client';

import { Button, IconButton } from '@parley/ui/button';
import { Select, Textarea } from '@parley/ui/field';
import { toast } from '@parley/ui/toast';
import { ArrowUp, ImagePlus, Plus, Trash2, X } from 'lucide-react';
import { useRef } from 'react';
import { emptyTurn, type TurnDraft, type TurnRole } from './conversation.ts';
import { ACCEPTED, pictureOf } from './pictures.ts';

const ROLES = [
  { value: 'system', label: 'System' },
  { value: 'user', label: 'User' },
  { value: 'assistant', label: 'Assistant' },
  { value: 'tool', label: 'Tool result' },
] as const;

const PLACEHOLDERS: Readonly<Record<TurnRole, string>> = {
  system: 'Who the model is and what it must keep to. Empty: nothing is sent.',
  user: 'What is asked.',
  assistant: 'What the model said.',
  tool: 'What the tool answered.',
};

/** All pictures of one call together must fit into it. */
const MOST_PICTURE_CHARS = 3_500_000;

/** The turns of a conversation in order, with pictures, tool calls and their results. */
export function TurnsEditor({
  turns,
  onChange,
}: {
  turns: readonly TurnDraft[];
  onChange: (turns: readonly TurnDraft[]) => void;
}) {
  const change = (at: number, part: Partial<TurnDraft>): void =>
    onChange(turns.map((turn, index) => (index === at ? { ...turn, ...part } : turn)));
  const raise = (at: number): void => {
    const [above, turn] = [turns[at - 1], turns[at]];
    if (above && turn) onChange(turns.with(at - 1, turn).with(at, above));
  };
  return (
    <section aria-label="Conversation" className="flex flex-col gap-3">
      {turns.map((turn, at) => (
        <Turn
          key={turn.key}
          turn={turn}
          at={at}
          last={turns.length === 1}
          calls={turns.slice(0, at).flatMap(({ calls }) => calls)}
          pictureChars={turns.flatMap(({ images }) => images).join('').length}
          onChange={(part) => change(at, part)}
          onRaise={() => raise(at)}
          onRemove={() => onChange(turns.filter(({ key }) => key !== turn.key))}
        />
      ))}
      <Button
        size="sm"
        className="self-start"
        icon={<Plus className="size-3.5" />}
        onClick={() => onChange([...turns, emptyTurn(turns.at(-1)?.role === 'user' ? 'assistant' : 'user')])}
      >
        Add turn
      </Button>
    </section>
  );
}

interface TurnProps {
  readonly turn: TurnDraft;
  readonly at: number;
  readonly last: boolean;
  /** Tool calls made before it. */
  readonly calls: TurnDraft['calls'];
  readonly pictureChars: number;
  readonly onChange: (part: Partial<TurnDraft>) => void;
  readonly onRaise: () => void;
  readonly onRemove: () => void;
}

function Turn({ turn, at, last, calls, pictureChars, onChange, onRaise, onRemove }: TurnProps) {
  const file = useRef<HTMLInputElement>(null);
  const add = async (files: readonly File[]): Promise<void> => {
    const read = await Promise.all(files.map(pictureOf));
    const pictures = read.filter((one) => one !== null);
    const chars = pictureChars + pictures.join('').length;
    if (pictures.length < files.length) toast({ tone: 'danger', title: 'Only pictures can be added here.' });
    else if (chars > MOST_PICTURE_CHARS) toast({ tone: 'danger', title: 'These pictures are too large for one call.' });
    else onChange({ images: [...turn.images, ...pictures] });
  };
  return (
    <div className="rounded-md border bg-surface">
      <div className="flex items-center gap-1 border-b px-2 py-1">
        <Select
          aria-label={`Role of turn ${at + 1}`}
          className="w-32"
          value={turn.role}
          onChange={(event) => onChange({ role: event.target.value as TurnRole })}
          options={ROLES}
        />
        {turn.role === 'tool' && (
          <Select
            aria-label={`Call that turn ${at + 1} answers`}
            className="min-w-0 max-w-56 flex-1"
            value={turn.callId}
            placeholder="of which call?"
            onChange={(event) => onChange({ callId: event.target.value })}
            options={calls.map(({ id, name }) => ({ value: id, label: `${name} · ${id.slice(-8)}` }))}
          />
        )}
        <span className="ml-auto flex">
          {turn.role === 'user' && (
            <>
              <IconButton label={`Add a picture to turn ${at + 1}`} size="sm" onClick={() => file.current?.click()}>
                <ImagePlus />
              </IconButton>
              <input
                ref={file}
                type="file"
                accept={ACCEPTED}
                multiple
                className="hidden"
                aria-label={`Pictures of turn ${at + 1}`}
                onChange={(event) => {
                  void add(Array.from(event.target.files ?? []));
                  event.target.value = '';
                }}
              />
            </>
          )}
          {at > 0 && (
            <IconButton label={`Move turn ${at + 1} up`} size="sm" onClick={onRaise}>
              <ArrowUp />
            </IconButton>
          )}
          {!last && (
            <IconButton label={`Remove turn ${at + 1}`} size="sm" onClick={onRemove}>
              <Trash2 />
            </IconButton>
          )}
        </span>
      </div>
      <Textarea
        aria-label={`Text of turn ${at + 1}`}
        rows={Math.min(16, Math.max(2, turn.text.split('\n').length + 1))}
        placeholder={PLACEHOLDERS[turn.role]}
        value={turn.text}
        onChange={(event) => onChange({ text: event.target.value })}
        onPaste={(event) => {
          const files = Array.from(event.clipboardData.files);
          if (turn.role !== 'user' || files.length === 0) return;
          event.preventDefault();
          void add(files);
        }}
        className="rounded-t-none border-0 text-sm leading-6"
      />
      {turn.images.length > 0 && (
        <ul className="flex flex-wrap gap-2 px-3 pb-3">
          {turn.images.map((url, index) => (
            <li key={url.slice(-40) + String(index)} className="relative">
              {/* biome-ignore lint/performance/noImgElement: a picture of the reader's own, in place */}
              <img
                src={url}
                alt={`Number ${index + 1} of turn ${at + 1}`}
                className="h-16 rounded-sm border object-cover"
              />
              <span className="absolute -top-2 -right-2 rounded-full border bg-surface">
                <IconButton
                  label={`Remove picture ${index + 1}`}
                  size="sm"
                  onClick={() => onChange({ images: turn.images.filter((_, other) => other !== index) })}
                >
                  <X />
                </IconButton>
              </span>
            </li>
          ))}
        </ul>
      )}
      {turn.role === 'assistant' && turn.calls.length > 0 && <ToolCalls calls={turn.calls} />}
    </div>
  );
}

/** Tools that a model called, with what it gave them. */
export function ToolCalls({ calls }: { calls: TurnDraft['calls'] }) {
  return (
    <ul aria-label="Tool calls" className="flex flex-col gap-2 px-3 pb-3">
      {calls.map(({ id, name, arguments: given }) => (
        <li key={id} className="rounded-sm bg-sunken px-2.5 py-2 text-xs">
          <span className="font-medium font-mono">{name}</span>
          <pre className="mt-1 whitespace-pre-wrap break-words font-mono text-muted">{given}</pre>
        </li>
      ))}
    </ul>
  );
}
