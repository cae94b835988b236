import { newId } from '@parley/kernel/id';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { MailMessage } from './message-store.ts';

const MAX_MESSAGE_BYTES = 10 * 1024 * 1024;
const LINK = /https?:\/\/[^\s<>"')\]]+/g;

async function readAll(stream: SMTPServerDataStream): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    size += part.length;
    if (size <= MAX_MESSAGE_BYTES) parts.push(part);
  }
  if (size > MAX_MESSAGE_BYTES || stream.sizeExceeded) {
    throw Object.assign(new Error('Message is larger than 10 MiB'), { responseCode: 552 });
  }
  return Buffer.concat(parts);
}

function decodeEntities(text: string): string {
  return text.replaceAll('&amp;', '&').replaceAll('&#x2F;', '/').replaceAll('&#47;', '/');
}

function linksIn(text: string, html: string | null): string[] {
  const hrefs = [...(html ?? '').matchAll(/href\s*=\s*["'](https?:[^"']+)["']/gi)].map((match) => match[1] ?? '');
  const inText = (text.match(LINK) ?? []).map((link) => link.replace(/[.,;:!?]+$/, ''));
  return [...new Set([...inText, ...hrefs.map(decodeEntities)])];
}

/** Reads a raw mail (RFC 5322, MIME) into the mailbox's form. The envelope says who it went to. */
export async function parseMail(raw: Buffer, envelope: { from: string; to: readonly string[] }): Promise<MailMessage> {
  const mail = await PostalMime.parse(raw);
  const html = mail.html ?? null;
  const text = mail.text?.trim() ?? '';
  return {
    id: newId(),
    receivedAt: new Date().toISOString(),
    from: mail.from?.address ? `${mail.from.name ? `${mail.from.name} ` : ''}<${mail.from.address}>` : envelope.from,
    to: envelope.to,
    subject: mail.subject ?? '',
    text,
    html,
    links: linksIn(text, html),
    attachments: mail.attachments.map((attachment) => ({
      name: attachment.filename ?? 'unnamed',
      type: attachment.mimeType,
      bytes:
        typeof attachment.content === 'string' ? Buffer.byteLength(attachment.content) : attachment.content.byteLength,
    })),
    sizeBytes: raw.length,
  };
}

function addresses(session: SMTPServerSession): { from: string; to: string[] } {
  const from = session.envelope.mailFrom;
  return { from: from ? from.address : '', to: session.envelope.rcptTo.map((recipient) => recipient.address) };
}

/** An SMTP server that takes every mail, with any sign-in or none, and sends none on. */
export function smtpCatcher(keep: (message: MailMessage) => void): SMTPServer {
  return new SMTPServer({
    banner: 'Parley local mailbox',
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    size: MAX_MESSAGE_BYTES,
    logger: false,
    onAuth: (_auth, _session, accept) => accept(null, { user: 'anyone' }),
    onData(stream, session, done) {
      readAll(stream)
        .then((raw) => parseMail(raw, addresses(session)))
        .then((message) => {
          keep(message);
          done(null, `kept as ${message.id}`);
        })
        .catch(done);
    },
  });
}
