import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@parley/kernel/id';
import { expect, test } from 'vitest';
import { type MailMessage, messageStore } from './message-store.ts';

const mail = (id: string, sizeBytes: number): MailMessage => ({
  id,
  receivedAt: '2026-01-01T00:00:00.000Z',
  from: 'a@example.com',
  to: ['b@example.com'],
  subject: id,
  text: '',
  html: null,
  links: [],
  attachments: [],
  sizeBytes,
});

test('keeps the latest 500 mails', () => {
  const store = messageStore();
  for (let at = 0; at < 620; at++) store.add(mail(String(at), 100));
  expect(store.list()).toHaveLength(500);
  expect(store.list()[0]?.id).toBe('619');
  expect(store.get('119')).toBeUndefined();
  expect(store.get('120')?.id).toBe('120');
});

test('keeps at most 64 MiB of mails, and always the latest', () => {
  const store = messageStore();
  for (let at = 0; at < 10; at++) store.add(mail(String(at), 10 * 1024 * 1024));
  expect(store.list().map((found) => found.id)).toEqual(['9', '8', '7', '6', '5', '4']);
});

test('with a folder, mails outlive a restart, readable by the owner alone, and go when deleted', () => {
  const dir = join(mkdtempSync(join(tmpdir(), 'parley-mailbox-')), 'mail');
  try {
    const ids = Array.from({ length: 3 }, () => newId());
    const store = messageStore(dir);
    for (const id of ids) store.add(mail(id, 100));
    writeFileSync(join(dir, `${newId()}.json`), '{"half":');
    expect(
      messageStore(dir)
        .list()
        .map((found) => found.id),
    ).toEqual(ids.toReversed());
    expect(statSync(join(dir, `${ids[0]}.json`)).mode & 0o777).toBe(0o600);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    messageStore(dir).clear();
    expect(readdirSync(dir)).toHaveLength(1);
  } finally {
    rmSync(join(dir, '..'), { recursive: true });
  }
});
