import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { afterAll, afterEach, expect, it } from 'vitest';
import { testWorker } from '../../../test/test-worker.ts';
import { GivenUp } from '../../job.ts';
import { smtpMailer } from '../../mailer.ts';
import { mailSend } from './handle.ts';

const worker = testWorker();
const opened: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});
afterAll(() => worker.close());

const mail = {
  tenantId: null,
  to: 'dana@example.com',
  subject: 'Grüße',
  text: 'Hello text',
  html: '<p>Hello html</p>',
};

/** A mail server that speaks just enough SMTP, and answers the recipient with `verdict`. */
async function smtpServer(verdict = '250 ok'): Promise<{ url: string; received: string[] }> {
  const received: string[] = [];
  const server: Server = createServer((socket) => {
    let body: string | null = null;
    let rest = '';
    socket.on('error', () => undefined);
    socket.write('220 test\r\n');
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString()).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (body !== null) {
          if (line !== '.') body += `${line}\n`;
          else {
            received.push(body);
            body = null;
            socket.write('250 taken\r\n');
          }
        } else if (line.startsWith('DATA')) {
          body = '';
          socket.write('354 go on\r\n');
        } else socket.write(`${line.startsWith('RCPT') ? verdict : '250 ok'}\r\n`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push(server);
  return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

function run(
  smtpUrl: string,
  given: { jobId: string; sinceMs: number } = { jobId: 'outbox-5', sinceMs: 1 },
): Promise<void> {
  const mailer = smtpMailer({ smtpUrl, from: 'Parley <no-reply@parley.test>' });
  opened.push(mailer);
  return mailSend.run(mail, { ...given, attempt: 1, ports: { ...worker, mailer }, log: worker.log });
}

it('sends text and HTML, under the same Message-ID when it is tried again', async () => {
  const server = await smtpServer();
  await run(server.url);
  await run(server.url);
  await run(server.url, { jobId: 'outbox-6', sinceMs: 1 });
  expect(server.received).toHaveLength(3);
  const [first] = server.received;
  expect(first).toContain('Hello text');
  expect(first).toContain('<p>Hello html</p>');
  expect(first).toMatch(/^From: Parley <no-reply@parley.test>$/m);
  expect(first).toMatch(/^To: dana@example.com$/m);
  const ids = server.received.map((text) => /^Message-ID: (.+)$/m.exec(text)?.[1]);
  expect(ids[0]).toBeDefined();
  expect(ids[1]).toBe(ids[0]);
  expect(ids[2]).not.toBe(ids[0]);
});

it('gives up what the server refuses for good, and tries again what it refuses for now', async () => {
  await expect(run((await smtpServer('550 no such mailbox')).url)).rejects.toBeInstanceOf(GivenUp);
  const busy = run((await smtpServer('451 try later')).url);
  await expect(busy).rejects.toThrow();
  await expect(busy).rejects.not.toBeInstanceOf(GivenUp);
});
