import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunFile, runFileSchema } from '@parley/contracts/run-file';
import { must } from '@parley/kernel/assert';
import { openGround } from '@parley/services/sign-in/ground';
import { z } from 'zod';
import { runCommand } from './commands.ts';
import { demoMember, demoTenant, demoToken, TENANTS } from './demo-tenants.ts';
import { ROOT } from './options.ts';
import { poll } from './poll.ts';
import type { Setting } from './services.ts';
import { StartError } from './start-error.ts';

export type Demo = RunFile['demo'];

/** What a start with `--no-demo` tells. */
export const NO_DEMO: Demo = { tenant: '', users: [], managementToken: '', apiKey: '', endpoints: [] };

const FILE = 'demo.json';
const KEYS = 'demo-keys.json';
const keptSchema = z.object({
  /** Of the declarations and the addresses in them, as last applied. */
  applied: z.string(),
  demo: runFileSchema.shape.demo,
  tokens: z.record(z.string(), z.string()),
});
const keysSchema = z.array(z.object({ application: z.string(), name: z.string(), secret: z.string() }));

/**
 * Makes the demo: people and tenants through the verbs behind the portal's forms, everything else by `parley apply` of
 * `infra/demo/*.yaml`. Later starts change nothing unless the declarations or the addresses in them did, so that what
 * somebody changed by hand stays. Ends when the demo's key is answered by the gateway.
 */
export async function seedDemo(setting: Setting, tell: (note: string) => void): Promise<Demo> {
  const { folder, urls } = setting;
  const variables = { SIMULATOR_URL: urls.simulator, SAMPLE_SERVICE_URL: urls.sample };
  const declarations = TENANTS.map(({ slug }) => join(ROOT, 'infra/demo', `${slug}.yaml`));
  const applied = sha256(
    [...declarations.map((file) => readFileSync(file, 'utf8')), JSON.stringify(variables)].join('\0'),
  );

  const kept = folder.read(FILE, keptSchema);
  let tokens = kept?.tokens ?? {};
  if (!kept) {
    tell('people and tenants');
    tokens = await makeTenants(setting);
  }
  if (kept?.applied !== applied) {
    for (const [index, { slug }] of TENANTS.entries()) {
      tell(`parley apply -f infra/demo/${slug}.yaml`);
      await apply(setting, must(declarations[index], 'a declaration'), must(tokens[slug], 'a token'), variables);
    }
  }
  const apiKey = folder.read(KEYS, keysSchema)?.find(({ application }) => application === 'support-desk')?.secret;
  if (!apiKey) {
    throw new StartError(
      'The demo exists in this database but its API key was shown to another installation: start with --no-demo, or use another database.',
    );
  }
  const demo = describe(setting, must(tokens['aurora'], 'a token'), apiKey);
  folder.write(FILE, { applied, demo, tokens });
  await firstCall(setting, apiKey);
  tell('made by parley apply');
  return demo;
}

async function makeTenants({ secrets, urls, options }: Setting): Promise<Record<string, string>> {
  const ground = openGround({
    databaseUrl: urls.appDatabase,
    poolSize: 2,
    masterKey: secrets.masterKey,
    keyPepper: secrets.keyPepper,
    portalUrl: urls.portal,
    gatewayUrl: urls.gateway,
    allowedPrivate: [],
  });
  try {
    const tokens: Record<string, string> = {};
    for (const tenant of TENANTS) {
      const owner = await demoTenant(ground, tenant, secrets.demoPassword);
      tokens[tenant.slug] = await demoToken(owner);
      // With a real mail server, invitations would leave the machine.
      if (options.env.smtpUrl) continue;
      for (const member of tenant.members) await demoMember(owner, member, secrets.demoPassword, urls.mailbox);
    }
    return tokens;
  } finally {
    await ground.db.close();
  }
}

async function apply(
  { folder, ports }: Setting,
  file: string,
  token: string,
  variables: Record<string, string>,
): Promise<void> {
  const portal = `http://127.0.0.1:${ports.portal}`;
  const args = ['apply', '--file', file, '--keys-out', folder.path(KEYS), '--url', portal];
  const result = await runCommand(process.execPath, [join(ROOT, 'packages/cli/src/main.ts'), ...args], {
    env: { ...variables, PARLEY_TOKEN: token },
    log: folder.path('logs', 'demo.log'),
    timeoutMs: 60_000,
  });
  if (!result.ok) {
    throw new StartError(`The demo could not be made: parley apply -f ${file} said:\n${result.output.trim()}`);
  }
}

function describe({ secrets, urls, options }: Setting, managementToken: string, apiKey: string): Demo {
  const users = TENANTS.flatMap((tenant) => [
    { email: tenant.owner.email, role: 'owner', tenant: tenant.slug },
    ...(options.env.smtpUrl ? [] : tenant.members.map(({ email, role }) => ({ email, role, tenant: tenant.slug }))),
  ]);
  const call = (name: string, method: string, path: string, body?: unknown): Demo['endpoints'][number] => {
    const url = `${urls.gateway}${path}`;
    const key = `-H 'authorization: Bearer ${apiKey}'`;
    const sent = body === undefined ? '' : ` -H 'content-type: application/json' \\\n  -d '${JSON.stringify(body)}'`;
    return { name, method, url, example: `curl ${url} \\\n  ${key}${sent}` };
  };
  return {
    tenant: 'aurora',
    users: users.map((user) => ({ ...user, password: secrets.demoPassword })),
    managementToken,
    apiKey,
    endpoints: [
      call('Chat completions', 'POST', '/v1/chat/completions', {
        model: 'swift',
        messages: [{ role: 'user', content: 'Say hello to Nimbus.' }],
      }),
      call('Summarise', 'POST', '/aurora/summarise/v1', {
        text: 'Parley publishes prompts as endpoints.',
        sentences: 1,
      }),
      call('List parts', 'GET', '/aurora/parts/v1/parts'),
    ],
  };
}

/** The configuration reaches the gateway a moment after it was made; a demo whose first call fails is not ready. */
async function firstCall({ ports }: Setting, apiKey: string): Promise<void> {
  const url = `http://127.0.0.1:${ports.gateway}/aurora/parts/v1/parts`;
  let last = '';
  const answered = await poll(
    async () => {
      const response = await fetch(url, { headers: { authorization: `Bearer ${apiKey}` } });
      last = `${response.status} ${await response.text()}`;
      return response.ok;
    },
    { timeoutMs: 30_000, everyMs: 100 },
  );
  if (!answered) throw new StartError(`The demo is made, but its first call GET ${url} is answered ${last}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
