import { describe, expect, test } from 'vitest';
import { newWebhookSecret, webhookKey, webhookSignature } from './standard-webhooks.ts';

/** Of the reference libraries' own tests (standard-webhooks/libraries). */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const MESSAGE = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1_614_265_330,
  body: Buffer.from('{"test": 2432232314}'),
};
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

const keyOf = (secret: string): Buffer => {
  const key = webhookKey(secret);
  if (key === null) throw new Error(`not a secret: ${secret}`);
  return key;
};

describe('signing by Standard Webhooks', () => {
  test('gives the vector of the reference libraries, with and without the prefix', () => {
    expect(webhookSignature([keyOf(SECRET)], MESSAGE)).toBe(SIGNATURE);
    expect(webhookSignature([keyOf(SECRET.slice(6))], MESSAGE)).toBe(SIGNATURE);
  });

  test('signs with each key during a rotation, separated by spaces', () => {
    const other = keyOf(newWebhookSecret());
    const [first, second, ...more] = webhookSignature([other, keyOf(SECRET)], MESSAGE).split(' ');
    expect([first === SIGNATURE, second, more]).toEqual([false, SIGNATURE, []]);
  });

  test('covers id, time and every byte of the body', () => {
    const keys = [keyOf(SECRET)];
    const changed = [
      { ...MESSAGE, id: 'msg_other' },
      { ...MESSAGE, timestamp: MESSAGE.timestamp + 1 },
      { ...MESSAGE, body: Buffer.from('{"test": 2432232315}') },
      { ...MESSAGE, body: Buffer.from([0xff, 0xfe, 0x00]) },
    ].map((message) => webhookSignature(keys, message));
    expect(new Set([SIGNATURE, ...changed]).size).toBe(5);
  });
});

describe('a secret', () => {
  test('is whsec_ and 32 random bytes', () => {
    const secrets = Array.from({ length: 20 }, newWebhookSecret);
    expect(new Set(secrets).size).toBe(20);
    expect(secrets.map((secret) => [secret.slice(0, 6), webhookKey(secret)?.length])).toEqual(
      secrets.map(() => ['whsec_', 32]),
    );
  });

  test.each([
    ['nothing', ''],
    ['too short', `whsec_${Buffer.alloc(23).toString('base64')}`],
    ['too long', `whsec_${Buffer.alloc(65).toString('base64')}`],
    ['no base64', 'whsec_***not base64 at all, but long enough***'],
    ['another prefix', 'whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  ])('is refused: %s', (_, text) => {
    expect(webhookKey(text)).toBeNull();
  });
});
