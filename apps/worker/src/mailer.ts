import nodemailer from 'nodemailer';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  /** The same for every try of one mail, so that a mailbox can drop a repeat. */
  readonly messageId: string;
}

/** Sends mail. `send` resolves when the server has taken it, and throws when it has not. */
export interface Mailer {
  send(mail: Mail): Promise<void>;
  close(): void;
}

const TIMEOUT_MS = 20_000;

/** Hands mail to the server at `smtpUrl`, over at most three connections. */
export function smtpMailer(options: { smtpUrl: string; from: string }): Mailer {
  const transport = nodemailer.createTransport({
    url: options.smtpUrl,
    pool: true,
    maxConnections: 3,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    // A mail holds text that we wrote: it must never make the worker read a file or fetch a URL.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(mail) {
      const { html, ...rest } = mail;
      await transport.sendMail({ from: options.from, ...rest, ...(html === null ? {} : { html }) });
    },
    close: () => transport.close(),
  };
}

/** No mail server is set: nothing is delivered, and `onDrop` is told of each mail. */
export function noMailer(onDrop: (mail: Mail) => void): Mailer {
  return {
    async send(mail) {
      onDrop(mail);
    },
    close() {},
  };
}

/** Keeps mail in a list, for tests. `failure` makes it refuse. */
export function memoryMailer(): Mailer & { readonly sent: Mail[]; failure: Error | null } {
  const sent: Mail[] = [];
  return {
    sent,
    failure: null,
    async send(mail) {
      if (this.failure) throw this.failure;
      sent.push(mail);
    },
    close() {},
  };
}
