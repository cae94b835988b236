import { TEST_PASSWORD, testContext } from '@parley/testkit/context';
import { afterAll, expect, test } from 'vitest';
import { checkPassword } from '../sign-in/check-password.ts';
import { contextForUser } from '../sign-in/context-for-user.ts';
import { confirmEmail, keepMailLink, takeMailLink } from '../sign-in/mail-link.ts';
import { changePassword } from './change-password.ts';
import { getPerson } from './get.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { signOutEverywhere } from './sign-out-everywhere.ts';
import { signUp } from './sign-up.ts';

const t = testContext();
afterAll(() => t.close());

test('a password matches its own hash only, and two hashes of it differ', async () => {
  const [one, two] = await Promise.all([hashPassword('a long passphrase'), hashPassword('a long passphrase')]);
  expect(one).not.toBe(two);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await verifyPassword('a long passphrase', one)).toEqual({ matches: true, stale: false });
  expect(await verifyPassword('A long passphrase', one)).toEqual({ matches: false, stale: false });
  for (const broken of [null, '', 'plain', one.slice(0, -30)]) {
    expect((await verifyPassword('a long passphrase', broken)).matches).toBe(false);
  }
});

test('a hash of older parameters still matches and is replaced at the next sign-in', async () => {
  const { userId, email } = await t.person();
  // Argon2id with m=8192, t=2, p=1 over TEST_PASSWORD and a salt of sixteen zero bytes.
  const { argon2Sync } = await import('node:crypto');
  const nonce = Buffer.alloc(16);
  const tag = argon2Sync('argon2id', {
    message: TEST_PASSWORD,
    nonce,
    memory: 8192,
    passes: 2,
    parallelism: 1,
    tagLength: 32,
  });
  const part = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
  const old = `$argon2id$v=19$m=8192,t=2,p=1$${part(nonce)}$${part(tag)}`;
  await t.db.within({}, (tx) => tx.user.update({ where: { id: userId }, data: { passwordHash: old } }));
  expect(await checkPassword(t, { email, password: TEST_PASSWORD })).toMatchObject({ userId });
  const { passwordHash } = await t.db.within({}, (tx) => tx.user.findUniqueOrThrow({ where: { id: userId } }));
  expect(passwordHash).toMatch(/m=19456,t=2,p=1/);
  expect(await checkPassword(t, { email, password: TEST_PASSWORD })).toMatchObject({ userId });
});

test('signing in says the same of a wrong password, an unknown address and a person without a password', async () => {
  const { userId, email } = await t.person();
  expect(await checkPassword(t, { email: email.toUpperCase(), password: TEST_PASSWORD })).toMatchObject({ userId });
  expect(await checkPassword(t, { email, password: 'wrong password' })).toBeNull();
  expect(await checkPassword(t, { email: 'nobody@example.test', password: TEST_PASSWORD })).toBeNull();
  await t.db.within({}, (tx) => tx.user.update({ where: { id: userId }, data: { passwordHash: null } }));
  expect(await checkPassword(t, { email, password: TEST_PASSWORD })).toBeNull();
});

test('a weak password, a bad address or an empty name is refused beside its field', async () => {
  await expect(signUp(t.visitor, { name: ' ', email: 'not an address', password: 'short' })).rejects.toMatchObject({
    code: 'invalid_input',
    issues: expect.arrayContaining([
      expect.objectContaining({ path: 'name' }),
      expect.objectContaining({ path: 'email' }),
      expect.objectContaining({ path: 'password' }),
    ]),
  });
  await expect(
    signUp(t.visitor, { name: 'A', email: 'a@example.test', password: 'aaaaaaaaaaaa' }),
  ).rejects.toMatchObject({ issues: [{ path: 'password' }] });
});

test('an address signs up once, whatever its case, and the answer holds no hash', async () => {
  const { email } = await t.person();
  await expect(
    signUp(t.visitor, { name: 'Twin', email: email.toUpperCase(), password: TEST_PASSWORD }),
  ).rejects.toMatchObject({ code: 'conflict', issues: [{ path: 'email' }] });
  const { context } = await t.person();
  expect(JSON.stringify(await getPerson(context, {}))).not.toContain('argon2');
});

test('sessions of an earlier epoch end with a changed password and with signing out everywhere', async () => {
  const { userId, context, email } = await t.person();
  await expect(changePassword(context, { current: 'not it', next: 'another long one' })).rejects.toMatchObject({
    issues: [{ path: 'current' }],
  });
  await contextForUser(t, { userId, sessionEpoch: 0 });
  await changePassword(context, { current: TEST_PASSWORD, next: 'another long one' });
  await expect(contextForUser(t, { userId, sessionEpoch: 0 })).rejects.toMatchObject({ code: 'unauthenticated' });
  await contextForUser(t, { userId, sessionEpoch: 1 });
  await signOutEverywhere(context, {});
  await expect(contextForUser(t, { userId, sessionEpoch: 1 })).rejects.toMatchObject({ code: 'unauthenticated' });
  expect(await checkPassword(t, { email, password: TEST_PASSWORD })).toBeNull();
  expect(await checkPassword(t, { email, password: 'another long one' })).toMatchObject({ sessionEpoch: 2 });
});

test('a sign-in link works once', async () => {
  const link = { identifier: `${crypto.randomUUID()}@example.test`, tokenHash: crypto.randomUUID() };
  const expiresAt = new Date(Date.now() + 60_000);
  await keepMailLink(t, { ...link, expiresAt });
  expect(await takeMailLink(t, { ...link, tokenHash: 'another' })).toBeNull();
  const both = await Promise.all([takeMailLink(t, link), takeMailLink(t, link)]);
  expect(both.filter(Boolean)).toHaveLength(1);
});

test('whoever first proves an address drops a password that somebody else may have set with it', async () => {
  const { userId, email } = await t.person();
  expect(await confirmEmail(t, userId)).toMatchObject({ sessionEpoch: 1 });
  expect(await checkPassword(t, { email, password: TEST_PASSWORD })).toBeNull();
  const { context } = { context: await contextForUser(t, { userId }) };
  await changePassword(context, { next: 'my own password' });
  // From then on links change nothing.
  expect(await confirmEmail(t, userId)).toMatchObject({ sessionEpoch: 2 });
  expect(await checkPassword(t, { email, password: 'my own password' })).not.toBeNull();
});
