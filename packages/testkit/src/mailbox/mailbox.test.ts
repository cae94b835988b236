import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Mailbox, startMailbox } from './start.ts';

/** Mails sent by nodemailer, as the worker and next-auth send them, are kept and shown safely. */
let mailbox: Mailbox;

beforeAll(async () => {
  mailbox = await startMailbox();
});
afterAll(() => mailbox.close());
beforeEach(() => mailbox.clear());

const send = (mail: object, url = mailbox.smtpUrl) =>
  createTransport(url).sendMail({
    from: 'Parley <no-reply@parley.test>',
    to: 'ada@example.com',
    subject: 'Hi',
    text: 'Hi',
    ...mail,
  });
const get = (path: string, init?: RequestInit) => fetch(`${mailbox.url}${path}`, init);

test('keeps text, HTML, links and attachments, decoded', async () => {
  await send({
    to: 'ada@example.com, Bob <bob@example.com>',
    bcc: 'eve@example.com',
    subject: 'Grüße — sign in',
    text: 'Open https://portal.test/a?x=1&y=2.\nThanks, Zoë',
    html: '<p>Open <a href="https://portal.test/a?x=1&amp;y=2">this</a></p>',
    attachments: [{ filename: 'note.txt', content: 'hello' }],
  });
  const { messages } = (await (await get('/api/messages')).json()) as { messages: { id: string }[] };
  expect(messages).toMatchObject([
    {
      from: 'Parley <no-reply@parley.test>',
      to: ['ada@example.com', 'bob@example.com', 'eve@example.com'],
      subject: 'Grüße — sign in',
      text: 'Open https://portal.test/a?x=1&y=2.\nThanks, Zoë',
      links: ['https://portal.test/a?x=1&y=2'],
      attachments: [{ name: 'note.txt', type: 'text/plain', bytes: 5 }],
    },
  ]);
  expect(await (await get(`/api/messages/${messages[0]?.id}`)).json()).toEqual(messages[0]);
});

test('finds mails by recipient in any case, newest first, and forgets on DELETE', async () => {
  await send({ to: 'ada@example.com', subject: 'first' });
  await send({ to: 'bob@example.com', subject: 'second' });
  await send({ to: 'ada@example.com', subject: 'third' });
  const subjects = async (query: string) =>
    ((await (await get(`/api/messages${query}`)).json()) as { messages: { subject: string }[] }).messages.map(
      (found) => found.subject,
    );
  expect(await subjects('?to=ADA@example.com')).toEqual(['third', 'first']);
  expect(await subjects('')).toEqual(['third', 'second', 'first']);
  await get('/api/messages', { method: 'DELETE' });
  expect(await subjects('')).toEqual([]);
  expect((await get('/api/messages/none')).status).toBe(404);
});

test('takes mail with any sign-in', async () => {
  await send({ subject: 'signed in' }, mailbox.smtpUrl.replace('//', '//user:secret@'));
  expect(mailbox.messages('ada@example.com')[0]?.subject).toBe('signed in');
});

test('shows a mail without letting it run, load or break out', async () => {
  await send({
    subject: '<script>alert(1)</script>',
    text: 'See https://portal.test/"><script>alert(2)</script>',
    html: '<script>alert(3)</script><img src="https://tracker.test/p.png"><p>Hello</p>',
  });
  const id = mailbox.messages()[0]?.id;
  for (const path of ['/', `/messages/${id}`]) {
    const page = await get(path);
    const body = await page.text();
    expect(body).not.toContain('<script');
    expect(body).toContain('Parley local mailbox — nothing here leaves this machine');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
  }
  const shown = await (await get(`/messages/${id}`)).text();
  expect(shown).toContain('<a href="https://portal.test/" rel="noreferrer">');
  expect(shown).toMatch(/<iframe [^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"/);
  const mail = await get(`/messages/${id}/html`);
  expect(mail.headers.get('content-security-policy')).toBe(
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
  );
  expect((await get('/messages/none')).status).toBe(404);
});

test('is emptied by its own form only', async () => {
  await send({});
  const clear = (site: string) =>
    get('/clear', { method: 'POST', redirect: 'manual', headers: { 'sec-fetch-site': site } });
  expect((await clear('cross-site')).status).toBe(403);
  expect(mailbox.messages()).toHaveLength(1);
  expect((await clear('same-origin')).status).toBe(303);
  expect(mailbox.messages()).toHaveLength(0);
});
