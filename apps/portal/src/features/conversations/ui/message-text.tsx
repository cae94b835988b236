import { FileText, Image, type LucideIcon, Mic, Video, Wrench } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Message } from './conversation-words.ts';

type Part = Message['parts'][number];

const ROLES: Readonly<Record<string, string>> = {
  user: 'Said to the model',
  assistant: 'Said by the model',
  system: 'Instruction',
};
const MEDIA: Partial<Readonly<Record<Part['kind'], readonly [LucideIcon, string]>>> = {
  image: [Image, 'Picture'],
  audio: [Mic, 'Sound'],
  video: [Video, 'Film'],
  document: [FileText, 'Document'],
};

function isResult({ parts }: Message): boolean {
  return parts.length > 0 && parts.every(({ kind }) => kind === 'tool_result');
}

/** One message of a turn, part by part. Pictures and the like are named, not shown. */
export function MessageText({ message }: { message: Message }) {
  return (
    <div className="flex min-w-0 flex-col gap-2 border-t pt-3">
      <p className="text-faint text-xs">
        {isResult(message) ? 'A tool answered' : (ROLES[message.role] ?? message.role)}
        {message.name && ` by ${message.name}`} · {message.tokens} tokens
      </p>
      {message.parts.map((part, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of a message have no names and never change places
        <PartText key={at} part={part} />
      ))}
    </div>
  );
}

function PartText({ part }: { part: Part }) {
  const media = MEDIA[part.kind];
  if (media) {
    const [Icon, word] = media;
    return (
      <p className="flex min-w-0 items-center gap-2 rounded-sm bg-sunken px-3 py-2 text-muted text-sm">
        <Icon aria-hidden className="size-4 shrink-0" />
        <span className="min-w-0 break-all">
          {word}
          {part.name && ` “${part.name}”`}: {part.about}
        </span>
      </p>
    );
  }
  if (part.kind === 'tool_call') {
    return (
      <Tool title={`Calls ${part.name}`}>
        <Code text={part.text} />
      </Tool>
    );
  }
  if (part.kind === 'tool_result') {
    return (
      <Tool title={`${part.failed ? 'Failure' : 'Result'}${part.name ? ` of ${part.name}` : ' of a tool'}`}>
        <Code text={part.text} />
      </Tool>
    );
  }
  if (part.kind === 'other') {
    return (
      <p className="text-muted text-sm">
        {part.name}: {part.about}
      </p>
    );
  }
  const words = <p className="min-w-0 whitespace-pre-wrap break-words text-sm">{part.text}</p>;
  if (part.kind === 'reasoning') {
    return (
      <details className="text-muted text-sm">
        <summary>What it thought</summary>
        {part.text ? words : <p>Nothing of it can be read.</p>}
      </details>
    );
  }
  if (part.kind === 'refusal') return <div className="border-warning-text border-l-2 pl-3">{words}</div>;
  return words;
}

function Tool({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="min-w-0 rounded-sm bg-sunken px-3 py-2">
      <p className="flex items-center gap-2 font-medium text-xs">
        <Wrench aria-hidden className="size-3.5 text-muted" />
        {title}
      </p>
      {children}
    </div>
  );
}

function Code({ text }: { text: string }) {
  return <pre className="mt-1 whitespace-pre-wrap break-all font-mono text-xs">{text || 'nothing'}</pre>;
}
