import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A mail as the local mailbox keeps it. */
export interface MailMessage {
  readonly id: string;
  /** ISO 8601. */
  readonly receivedAt: string;
  readonly from: string;
  /** Recipients of the envelope, blind copies included. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  /** Every http(s) link, in order, each once. */
  readonly links: readonly string[];
  readonly attachments: readonly { readonly name: string; readonly type: string; readonly bytes: number }[];
  readonly sizeBytes: number;
}

export interface MessageStore {
  readonly add: (message: MailMessage) => void;
  /** Newest first; with `to`, only mails to that address in any case of letters. */
  readonly list: (to?: string | null) => readonly MailMessage[];
  get(id: string): MailMessage | undefined;
  readonly clear: () => void;
}

const KEPT_MESSAGES = 500;
const KEPT_BYTES = 64 * 1024 * 1024;
/** Ids are UUIDv7: their order is the order of arrival. */
const FILE = /^([0-9a-f-]{36})\.json$/;

/** Mails as files, so that they outlive a restart. They hold sign-in links: nobody else may read them. */
function mailFolder(dir: string): {
  load(): MailMessage[];
  save(message: MailMessage): void;
  remove(id: string): void;
} {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const path = (id: string): string => join(dir, `${id}.json`);
  return {
    load() {
      const ids = readdirSync(dir).flatMap((file) => FILE.exec(file)?.[1] ?? []);
      return ids.sort().flatMap((id) => {
        try {
          return [JSON.parse(readFileSync(path(id), 'utf8')) as MailMessage];
        } catch {
          return []; // Half written when the process was killed.
        }
      });
    },
    save: (message) => writeFileSync(path(message.id), JSON.stringify(message), { mode: 0o600 }),
    remove: (id) => rmSync(path(id), { force: true }),
  };
}

/** Keeps the latest mails, at most 500 and at most 64 MiB: in memory, and in `dir` as well when one is given. */
export function messageStore(dir: string | null = null): MessageStore {
  const folder = dir === null ? null : mailFolder(dir);
  let messages: MailMessage[] = [];
  let bytes = 0;

  function keep(message: MailMessage): void {
    messages.push(message);
    bytes += message.sizeBytes;
    while (messages.length > KEPT_MESSAGES || (bytes > KEPT_BYTES && messages.length > 1)) {
      const oldest = messages.shift();
      if (!oldest) return;
      bytes -= oldest.sizeBytes;
      folder?.remove(oldest.id);
    }
  }

  for (const message of folder?.load() ?? []) keep(message);
  return {
    add(message) {
      folder?.save(message);
      keep(message);
    },
    list(to) {
      const wanted = to?.toLowerCase();
      const found = wanted
        ? messages.filter((message) => message.to.some((address) => address.toLowerCase() === wanted))
        : messages;
      return found.toReversed();
    },
    get: (id) => messages.find((message) => message.id === id),
    clear() {
      for (const { id } of messages) folder?.remove(id);
      messages = [];
      bytes = 0;
    },
  };
}
