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
  add(message: MailMessage): void;
  /** Newest first; with `to`, only mails to that address in any case of letters. */
  list(to?: string | null): readonly MailMessage[];
  get(id: string): MailMessage | undefined;
  clear(): void;
}

const KEPT_MESSAGES = 500;
const KEPT_BYTES = 64 * 1024 * 1024;

/** Keeps the latest mails in memory, at most 500 and at most 64 MiB. */
export function messageStore(): MessageStore {
  let messages: MailMessage[] = [];
  let bytes = 0;
  return {
    add(message) {
      messages.push(message);
      bytes += message.sizeBytes;
      while (messages.length > KEPT_MESSAGES || (bytes > KEPT_BYTES && messages.length > 1)) {
        bytes -= messages.shift()?.sizeBytes ?? 0;
      }
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
      messages = [];
      bytes = 0;
    },
  };
}
