import type { RunFile } from '@parley/contracts/run-file';
import { createKey } from '@parley/services/keys/create';
import { type Ground, openGround } from '@parley/services/sign-in/ground';
import type { Setting } from '../services.ts';
import { applyFile, declarationHash } from './apply-file.ts';
import { type DemoMemory, openDemoMemory } from './demo-state.ts';
import { demoEndpoints } from './endpoints.ts';
import { ensureMember, ensureTenant } from './ensure-people.ts';
import { firstCalls } from './first-calls.ts';
import { DEMO_TENANTS, type DemoPerson, type DemoTenant } from './people.ts';

export type Demo = RunFile['demo'];

export const NO_DEMO: Demo = { tenant: '', users: [], managementToken: '', apiKey: '', endpoints: [] };

/**
 * The demo's two companies: people by the verbs of the sign-up page, everything else by `parley apply`. Every step does
 * nothing where its work is done already, so a start that broke off half way is mended by the next.
 */
export async function seedDemo(setting: Setting, tell: (note: string) => void): Promise<Demo> {
  const { secrets, urls } = setting;
  const memory = openDemoMemory(setting.folder);
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
    const fresh = memory.state.apiKey === null;
    for (const tenant of DEMO_TENANTS) await seedTenant(ground, setting, tenant, memory);
    const apiKey = memory.state.apiKey ?? '';
    if (fresh) tell(`${await firstCalls(`http://127.0.0.1:${setting.ports.gateway}`, apiKey)} first calls made`);
    return {
      tenant: DEMO_TENANTS[0].slug,
      users: DEMO_TENANTS.flatMap(({ slug, people }) =>
        [people[0], ...invitedOf(setting, { people })].map(({ email, role }) => ({
          email,
          role,
          password: memory.passwordOf(email),
          tenant: slug,
        })),
      ),
      managementToken: memory.state.tokens[DEMO_TENANTS[0].slug] ?? '',
      apiKey,
      endpoints: demoEndpoints(urls.gateway, apiKey),
    };
  } finally {
    await ground.db.close();
  }
}

/** Members by invitation; none with a real mail server, as the mails would leave the machine. */
function invitedOf(setting: Setting, { people }: Pick<DemoTenant, 'people'>): DemoPerson[] {
  return setting.options.env.smtpUrl ? [] : people.slice(1);
}

async function seedTenant(ground: Ground, setting: Setting, tenant: DemoTenant, memory: DemoMemory): Promise<void> {
  const { owner, token } = await ensureTenant(ground, tenant, memory);
  for (const person of invitedOf(setting, tenant)) await ensureMember(owner, person, memory, setting.urls.mailbox);
  // Applied again only when declaration or addresses changed: what somebody changed by hand stays.
  const declared = declarationHash(setting, tenant.file);
  const made = memory.state.applied[tenant.slug] === declared ? [] : await applyFile(setting, tenant.file, token);
  memory.state.applied[tenant.slug] = declared;
  memory.save();
  if (tenant.slug !== 'nimbus' || memory.state.apiKey) return;
  // A key made by a start that broke off before it was kept cannot be read again: make another.
  memory.state.apiKey =
    made[0]?.secret ?? (await createKey(owner, { application: 'support-desk', name: `main ${Date.now()}` })).secret;
  memory.save();
}
