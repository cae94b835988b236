import { loadGatewayEnv } from '@parley/env/gateway';
import { orExit } from '@parley/env/parse';
import { createLogger } from '@parley/telemetry/logger';
import { createMetrics } from '@parley/telemetry/metrics';
import { startGateway } from './gateway.ts';
import { startMetrics } from './observe/metrics-observer.ts';
import type { CallObserver } from './observe/observer.ts';
import { OtelObserver } from './observe/otel-observer.ts';
import { openCountries } from './wire/countries.ts';

/** One gateway process: env → gateway → listen; on SIGTERM or SIGINT drain and exit 0. */
const env = orExit(() => loadGatewayEnv());
const log = createLogger({ service: 'gateway', level: env.logLevel }).child({ node: env.gatewayNode });

/** Traces and metrics, where the operator wants them. */
async function lookersOn(): Promise<CallObserver[]> {
  const { otlp, metrics, gatewayNode: node } = env;
  return [
    ...(otlp === null ? [] : [new OtelObserver({ ...otlp, node, log })]),
    ...(metrics === null ? [] : [(await startMetrics(createMetrics(), metrics)).observer]),
  ];
}

const gateway = await startGateway({
  redisUrl: env.redisUrl,
  masterKey: env.masterKey,
  keyPepper: env.keyPepper,
  internalSecret: env.internalSecret,
  node: env.gatewayNode,
  host: env.gatewayHost,
  port: env.gatewayPort,
  portalUrl: env.portalUrl,
  gatewayUrl: env.gatewayUrl,
  spoolDir: env.spoolDir,
  snapshotDir: env.snapshotDir,
  allowedPrivate: env.allowedPrivate,
  trustedProxies: env.trustedProxies,
  certificateHeader: env.certificateHeader,
  ...(env.tls === null ? {} : { door: { tls: env.tls } }),
  countryHeader: env.countryHeader,
  countries: env.countryFile === null ? null : openCountries(env.countryFile),
  load: { maxInFlight: env.maxInFlight },
  dnsServers: env.dnsServers,
  observers: await lookersOn().catch((error: unknown) => {
    log.error('the gateway cannot start: its metrics cannot be served', { error });
    process.exit(1);
  }),
  log,
}).catch((error: NodeJS.ErrnoException) => {
  const reason = error.code === 'EADDRINUSE' ? `port ${env.gatewayPort} is taken` : error.message;
  log.error(`the gateway cannot start: ${reason}`, { error });
  process.exit(1);
});
log.info('the gateway listens', { port: gateway.port });

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    log.info('draining', { signal });
    void gateway.close().then(() => process.exit(0));
  });
}
