import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type MailMessage, messageStore } from './message-store.ts';
import { listPage, messagePage, notFoundPage } from './pages.ts';
import { smtpCatcher } from './receive.ts';

export interface MailboxOptions {
  /** 0 picks a free port, for both. */
  readonly smtpPort?: number;
  readonly httpPort?: number;
  readonly host?: string;
  /** Folder to keep mails in; without one they live in memory. */
  readonly dir?: string;
}

export interface Mailbox {
  /** `smtp://host:port`, for SMTP_URL. */
  readonly smtpUrl: string;
  /** `http://host:port`, for MAILBOX_URL. */
  readonly url: string;
  /** Newest first. */
  messages(to?: string): readonly MailMessage[];
  clear(): void;
  close(): Promise<void>;
}

const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; form-action 'self'; base-uri 'none'";
/** A mail's HTML: no script, no form, nothing fetched; links open outside the frame. */
const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

function send(response: ServerResponse, status: number, type: string, body: string, policy = PAGE_POLICY): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
  response.end(body);
}

const json = (response: ServerResponse, status: number, body: unknown): void =>
  send(response, status, 'application/json', JSON.stringify(body));
const html = (response: ServerResponse, status: number, body: string, policy?: string): void =>
  send(response, status, 'text/html', body, policy);

/** Only the mailbox's own page may empty it by form; other programs use DELETE, which browsers guard across origins. */
function isOwnForm(request: IncomingMessage): boolean {
  return request.headers['sec-fetch-site'] === 'same-origin';
}

/** Starts the local mailbox: an SMTP server that keeps what it gets, and pages and a JSON API to read it. */
export async function startMailbox(options: MailboxOptions = {}): Promise<Mailbox> {
  const host = options.host ?? '127.0.0.1';
  const store = messageStore(options.dir);

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://mailbox');
    const to = url.searchParams.get('to');
    const [, first = '', id = '', part] = url.pathname.split('/');
    const route = `${request.method} /${first}${id === '' ? '' : part === undefined ? '/{id}' : `/{id}/${part}`}`;
    const nowMs = Date.now();
    switch (route) {
      case 'GET /':
        return html(response, 200, listPage(store.list(to), to, nowMs));
      case 'GET /healthz':
        return json(response, 200, { status: 'ok' });
      case 'POST /clear':
        if (!isOwnForm(request)) return json(response, 403, { error: 'only from the mailbox page' });
        store.clear();
        response.writeHead(303, { location: '/' });
        response.end();
        return;
      case 'GET /messages/{id}': {
        const message = store.get(id);
        return message ? html(response, 200, messagePage(message, nowMs)) : html(response, 404, notFoundPage());
      }
      case 'GET /messages/{id}/html': {
        const found = store.get(id)?.html;
        if (found === undefined || found === null) return html(response, 404, notFoundPage());
        return html(response, 200, `<base target="_blank">${found}`, MAIL_POLICY);
      }
    }
    const isApi = url.pathname === '/api/messages' || url.pathname.startsWith('/api/messages/');
    if (!isApi) return html(response, 404, notFoundPage());
    const message = part === undefined ? undefined : store.get(part);
    if (request.method === 'GET' && part === undefined) return json(response, 200, { messages: store.list(to) });
    if (request.method === 'GET')
      return message ? json(response, 200, message) : json(response, 404, { error: 'no such message' });
    if (request.method === 'DELETE' && part === undefined) {
      store.clear();
      return json(response, 200, { messages: [] });
    }
    return json(response, 405, { error: 'GET or DELETE /api/messages, GET /api/messages/{id}' });
  }

  const smtp = smtpCatcher(store.add);
  const http = createServer(answer);
  smtp.on('error', () => {
    // A client that drops its connection is its own affair; listening errors are reported below.
  });
  await new Promise<void>((resolve, reject) => {
    smtp.server.once('error', reject);
    smtp.listen(options.smtpPort ?? 0, host, () => resolve());
  });
  await new Promise<void>((resolve, reject) => {
    http.once('error', (error) => smtp.close(() => reject(error)));
    http.listen(options.httpPort ?? 0, host, resolve);
  });
  return {
    smtpUrl: `smtp://${host}:${(smtp.server.address() as AddressInfo).port}`,
    url: `http://${host}:${(http.address() as AddressInfo).port}`,
    messages: store.list,
    clear: store.clear,
    async close() {
      await new Promise<void>((resolve) => smtp.close(() => resolve()));
      await new Promise<void>((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      });
    },
  };
}
