import { type Database, openDatabase } from '@parley/db/client';
import { type BuiltInRole, isPermission } from '@parley/domain/permissions';
import { parseEnv } from '@parley/env/parse';
import { secretsEnv } from '@parley/env/secrets';
import { appDatabaseEnv } from '@parley/env/stores';
import { must } from '@parley/kernel/assert';
import { newId } from '@parley/kernel/id';
import { parseMasterKey } from '@parley/kernel/seal';
import type { Context, ServiceSettings } from '@parley/services/context';
import { signUp } from '@parley/services/people/sign-up';
import { contextForUser } from '@parley/services/sign-in/context-for-user';
import { anonymousContext } from '@parley/services/sign-in/ground';
import { createTenant } from '@parley/services/tenants/create';

export const TEST_PASSWORD = 'correct horse battery';

export interface TestPerson {
  readonly userId: string;
  readonly email: string;
  /** Signed in, with no tenant open. */
  readonly context: Context;
}

export interface TestTenant {
  readonly tenantId: string;
  readonly slug: string;
  readonly owner: Context;
  /** A fresh member of this tenant with a built-in role, or with a custom role of exactly these permissions. */
  as(role: BuiltInRole | readonly string[]): Promise<Context>;
}

export interface TestContext {
  readonly db: Database;
  readonly settings: ServiceSettings;
  /** Nobody signed in. */
  readonly visitor: Context;
  /** Makes a fresh person through `people.sign-up`; their password is `TEST_PASSWORD`. */
  person(name?: string): Promise<TestPerson>;
  /** Makes a fresh tenant with an owner through `tenants.create`. */
  tenant(name?: string): Promise<TestTenant>;
  close(): Promise<void>;
}

/**
 * People and tenants to test verbs with, on the database and secrets of the environment (`APP_DATABASE_URL`,
 * `PARLEY_MASTER_KEY`, `PARLEY_KEY_PEPPER`). Throws `EnvError` when they are not set.
 */
export function testContext(): TestContext {
  const env = parseEnv({ ...appDatabaseEnv, ...secretsEnv });
  const db = openDatabase({ url: env.APP_DATABASE_URL, poolSize: 4 });
  const settings: ServiceSettings = {
    masterKey: parseMasterKey(env.PARLEY_MASTER_KEY),
    keyPepper: env.PARLEY_KEY_PEPPER,
    portalUrl: 'http://portal.test',
    gatewayUrl: 'http://gateway.test',
    allowedPrivate: ['127.0.0.0/8', '::1/128'],
  };
  const ground = { db, settings };
  const visitor = anonymousContext(ground);

  const person = async (name = 'Robin Test'): Promise<TestPerson> => {
    const email = `${newId()}@example.test`;
    const { id: userId } = await signUp(visitor, { name, email, password: TEST_PASSWORD });
    return { userId, email, context: await contextForUser(ground, { userId }) };
  };

  const join = async (tenantId: string, slug: string, role: BuiltInRole | readonly string[]): Promise<Context> => {
    const { userId } = await person(typeof role === 'string' ? `Test ${role}` : 'Test custom');
    await db.within({ tenantId }, async (tx) => {
      const roleId =
        typeof role === 'string'
          ? must(await tx.role.findFirst({ where: { tenantId, slug: role } }), `the role ${role}`).id
          : newId();
      if (typeof role !== 'string') {
        const permissions = role.filter(isPermission);
        await tx.role.create({
          data: { tenantId, id: roleId, slug: `custom-${roleId}`, name: 'Custom', builtIn: false, permissions },
        });
      }
      await tx.membership.create({ data: { tenantId, id: newId(), userId, roleId } });
    });
    return contextForUser(ground, { userId, tenantSlug: slug });
  };

  const tenant = async (name = 'Test tenant'): Promise<TestTenant> => {
    const maker = await person('Test owner');
    const slug = `t-${newId()}`;
    const { id: tenantId } = await createTenant(maker.context, { name, slug });
    const owner = await contextForUser(ground, { userId: maker.userId, tenantSlug: slug });
    return { tenantId, slug, owner, as: (role) => join(tenantId, slug, role) };
  };

  return { db, settings, visitor, person, tenant, close: () => db.close() };
}
