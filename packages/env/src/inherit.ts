import { gatewayEnv } from './gateway.ts';
import { otlpEnv } from './otlp.ts';
import type { EnvSource } from './parse.ts';
import { portalEnv } from './portal.ts';
import { startEnv } from './start.ts';
import { ownerDatabaseEnv } from './stores.ts';
import { testEnv } from './test.ts';
import { workerEnv } from './worker.ts';

const OWN = new Set(
  [portalEnv, gatewayEnv, workerEnv, startEnv, testEnv, ownerDatabaseEnv].flatMap((fragment) => Object.keys(fragment)),
);

/**
 * The environment a child process starts from: everything (PATH, locale, proxies) but Parley's own variables, so that
 * each process gets only the connections and secrets it is given by name. OpenTelemetry's variables are everybody's.
 */
export function inheritedEnv(source: EnvSource = process.env): Record<string, string> {
  const inherited: Record<string, string> = {};
  for (const [name, value] of Object.entries(source)) {
    if (value !== undefined && (!OWN.has(name) || Object.hasOwn(otlpEnv, name))) inherited[name] = value;
  }
  return inherited;
}
