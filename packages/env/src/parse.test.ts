import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadGatewayEnv } from './gateway.ts';
import { EnvError } from './parse.ts';
import { loadPortalEnv } from './portal.ts';
import { loadStartEnv } from './start.ts';
import { loadWorkerEnv } from './worker.ts';

const key = Buffer.alloc(32, 7).toString('base64');
const complete = {
  APP_DATABASE_URL: 'postgresql://parley_app:p@127.0.0.1:5432/parley',
  WORKER_DATABASE_URL: 'postgresql://parley_worker:p@127.0.0.1:5432/parley',
  REDIS_URL: 'redis://:secret@127.0.0.1:6379',
  PARLEY_MASTER_KEY: key,
  PARLEY_KEY_PEPPER: 'p'.repeat(32),
  NEXTAUTH_SECRET: 's'.repeat(32),
  PORTAL_URL: 'https://parley.example.com/',
  GATEWAY_URL: 'https://api.example.com',
  PARLEY_SPOOL_DIR: '/var/lib/parley/spool',
  PARLEY_SNAPSHOT_DIR: '/var/lib/parley/snapshots',
};

function problemsOf(load: () => unknown): readonly string[] {
  try {
    load();
  } catch (error) {
    if (error instanceof EnvError) return error.problems;
    throw error;
  }
  return [];
}

describe('Stripe', () => {
  it('is off without a key, and takes several webhook secrets while one is being replaced', () => {
    expect(loadWorkerEnv(complete).stripe).toBeNull();
    const given = { ...complete, STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET: 'whsec_a, whsec_b' };
    const secrets = ['whsec_a', 'whsec_b'];
    expect(loadPortalEnv(given).stripe).toEqual({ secretKey: 'sk_test_1', webhookSecrets: secrets, apiBase: null });
    const wrong = problemsOf(() =>
      loadPortalEnv({ ...given, STRIPE_SECRET_KEY: 'pk_live', STRIPE_WEBHOOK_SECRET: 'x' }),
    );
    expect(wrong.join()).toMatch(/STRIPE_SECRET_KEY.*STRIPE_WEBHOOK_SECRET/s);
  });
});

describe('what a process is started with', () => {
  it('is read once into named, typed fields', () => {
    expect(loadPortalEnv(complete)).toEqual({
      databaseUrl: complete.APP_DATABASE_URL,
      redisUrl: complete.REDIS_URL,
      masterKey: key,
      keyPepper: complete.PARLEY_KEY_PEPPER,
      internalSecret: null,
      nextAuthSecret: complete.NEXTAUTH_SECRET,
      portalUrl: 'https://parley.example.com',
      gatewayUrl: 'https://api.example.com',
      mailboxUrl: null,
      allowedPrivate: [],
      stripe: null,
      logLevel: 'info',
    });
    const gateway = loadGatewayEnv({
      ...complete,
      GATEWAY_PORT: '9001',
      GATEWAY_NODE: 'gw-2',
      PARLEY_ALLOWED_PRIVATE: '127.0.0.0/8, ::1/128',
    });
    expect(gateway).toMatchObject({
      gatewayPort: 9001,
      gatewayNode: 'gw-2',
      allowedPrivate: ['127.0.0.0/8', '::1/128'],
    });
    expect(loadWorkerEnv({ ...complete, SMTP_URL: 'smtp://127.0.0.1:2525' }).smtpUrl).toBe('smtp://127.0.0.1:2525');
    expect(loadWorkerEnv({ ...complete, SMTP_URL: ' ' }).smtpUrl).toBeNull();
  });

  it('refuses a start without a variable, one sentence for each that says what to set', () => {
    const { REDIS_URL: _redis, PARLEY_KEY_PEPPER: _pepper, ...rest } = complete;
    expect(problemsOf(() => loadPortalEnv(rest))).toEqual([
      'REDIS_URL is not set: set it to the Redis URL, e.g. redis://:password@127.0.0.1:6379.',
      'PARLEY_KEY_PEPPER is not set: set it to at least 32 random characters, which key the hashes of API keys (openssl rand -base64 32).',
    ]);
  });

  it.each([
    ['REDIS_URL', 'localhost:6379', 'not a redis:// URL'],
    ['APP_DATABASE_URL', 'mysql://a/b', 'not a postgresql:// URL'],
    ['PORTAL_URL', 'parley.example.com', 'not an http:// or https:// URL'],
    ['PARLEY_MASTER_KEY', 'dG9vIHNob3J0', 'does not decode to 32 bytes'],
    ['PARLEY_ALLOWED_PRIVATE', '10.0.0.0', '"10.0.0.0" is not a CIDR range'],
    ['PARLEY_ALLOWED_PRIVATE', '10.0.0.0/33', '"10.0.0.0/33" is not a CIDR range'],
    ['LOG_LEVEL', 'loud', 'invalid option'],
  ])('names a malformed %s', (name, value, reason) => {
    const problems = problemsOf(() => loadPortalEnv({ ...complete, [name]: value }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${name} is not usable`);
    expect(problems[0]).toContain(reason);
    expect(problems[0]).toContain('set it to');
  });

  it('takes name servers by address only, with or without a port', () => {
    const servers = ['10.0.0.2', '10.0.0.3:8600', 'fd00::1', '[fd00::1]:53'];
    const load = (text: string) => loadGatewayEnv({ ...complete, GATEWAY_DNS_SERVERS: text });
    expect(load(servers.join(', ')).dnsServers).toEqual(servers);
    const problems = problemsOf(() => load('10.0.0.2,dns.example'));
    expect(problems[0]).toContain('"dns.example" is not the address of a name server');
  });

  it('never quotes a secret in a refusal', () => {
    const secret = 'hunter2-hunter2';
    const problems = problemsOf(() =>
      loadPortalEnv({
        ...complete,
        PARLEY_MASTER_KEY: secret,
        PARLEY_KEY_PEPPER: secret,
        NEXTAUTH_SECRET: secret,
        APP_DATABASE_URL: `mysql://u:${secret}@h/d`,
        REDIS_URL: `http://:${secret}@h`,
      }),
    );
    expect(problems).toHaveLength(5);
    expect(problems.join('\n')).not.toContain(secret);
  });

  it('takes exactly the ports a socket can have', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10, max: 70_000 }), (value) => {
        const problems = problemsOf(() => loadStartEnv({ PORTAL_PORT: String(value) }));
        expect(problems.length === 0).toBe(value >= 1 && value <= 65_535);
      }),
    );
    for (const text of ['80.5', '0x50x', 'http', '1e9']) {
      expect(problemsOf(() => loadStartEnv({ PORTAL_PORT: text }))).toHaveLength(1);
    }
  });
});
