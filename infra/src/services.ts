import { get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { inheritedEnv } from '@parley/env/inherit';
import type { DataFolder } from './data-folder.ts';
import { ROOT, type StartOptions } from './options.ts';
import { answersOk } from './poll.ts';
import type { Ports } from './ports.ts';
import type { Secrets } from './secrets.ts';
import { keptService } from './stores/kept-service.ts';
import type { ServiceSpec } from './supervisor.ts';

/** Everything the product's processes are told. */
export interface Setting {
  readonly options: StartOptions;
  readonly folder: DataFolder;
  readonly ports: Ports;
  readonly secrets: Secrets;
  readonly urls: {
    readonly portal: string;
    readonly gateway: string;
    readonly simulator: string;
    /** `null` where Stripe is not simulated. */
    readonly stripeSimulator: string | null;
    readonly sample: string;
    readonly mailbox: string;
    readonly redis: string;
    readonly appDatabase: string;
    readonly workerDatabase: string;
  };
}

const WATCH_PARENT = fileURLToPath(new URL('./watch-parent.ts', import.meta.url));
const NEXT = 'node_modules/next/dist/bin/next';
const STRIPE_SIMULATOR_KEY = 'sk_test_parley_simulator';
const LOOPBACK = '127.0.0.0/8,::1/128';

/**
 * Demo surroundings: the provider simulator, the Stripe simulator, an upstream to proxy, and the mailbox that catches all
 * mail.
 */
export function surroundings(setting: Setting): ServiceSpec[] {
  const { ports, options, folder } = setting;
  const host = options.env.host;
  const mailPorts = ['--http-port', String(ports.mailbox), '--smtp-port', String(ports.smtp)];
  return [
    node('simulator', 'packages/testkit/src/simulator/main.ts', ports.simulator, {
      args: ['--port', String(ports.simulator), '--host', host],
    }),
    ...stripeSimulator(setting),
    node('sample', 'packages/testkit/src/sample-service/main.ts', ports.sample, {
      args: ['--port', String(ports.sample), '--host', host],
    }),
    node('mailbox', 'packages/testkit/src/mailbox/main.ts', ports.mailbox, {
      args: [...mailPorts, '--host', host, '--dir', folder.path('mail')],
    }),
  ];
}

/** The Stripe simulator: keeps its state in the data folder, and tells the portal what happens, as Stripe would. */
function stripeSimulator({ ports, options, folder, secrets, urls }: Setting): ServiceSpec[] {
  if (urls.stripeSimulator === null) return [];
  const webhook = `http://127.0.0.1:${ports.portal}/api/stripe/webhooks`;
  return [
    node('stripe-simulator', 'packages/testkit/src/stripe-simulator/main.ts', ports.stripeSimulator, {
      args: [
        `--port=${ports.stripeSimulator}`,
        `--host=${options.env.host}`,
        `--key=${STRIPE_SIMULATOR_KEY}`,
        `--webhook=${webhook}`,
        `--webhook-secret=${secrets.stripeWebhook}`,
        `--state=${folder.path('stripe-simulator', 'state.jsonl')}`,
      ],
    }),
  ];
}

/** The worker, with its health on a port of its own. */
export function workerService(setting: Setting): ServiceSpec {
  const { ports, urls, options } = setting;
  return node('worker', 'apps/worker/src/main.ts', ports.workerHealth, {
    watch: options.mode === 'dev',
    stopTimeoutMs: 30_000,
    env: {
      ...shared(setting),
      ...stripeVariables(setting),
      WORKER_DATABASE_URL: urls.workerDatabase,
      PORTAL_URL: urls.portal,
      GATEWAY_URL: urls.gateway,
      SMTP_URL: options.env.smtpUrl ?? `smtp://127.0.0.1:${ports.smtp}`,
      WORKER_HEALTH_PORT: String(ports.workerHealth),
      WORKER_HEALTH_HOST: '127.0.0.1',
    },
  });
}

/** One gateway process per core; they share the port. */
export function gatewayServices(setting: Setting): ServiceSpec[] {
  const { ports, urls, options, folder, secrets } = setting;
  const { metricsPort } = options.env;
  return Array.from({ length: options.env.gatewayProcesses }, (_, index) => {
    const name = `gateway-${index + 1}`;
    const nodeName = `gw-${index + 1}`;
    return {
      ...node(name, 'apps/gateway/src/main.ts', ports.gateway, {
        watch: options.mode === 'dev',
        stopTimeoutMs: 40_000,
        env: {
          ...shared(setting),
          PORTAL_URL: urls.portal,
          GATEWAY_URL: urls.gateway,
          PARLEY_INTERNAL_SECRET: secrets.internalSecret,
          GATEWAY_PORT: String(ports.gateway),
          GATEWAY_HOST: options.env.host,
          GATEWAY_NODE: nodeName,
          // Shared: what a node that died left behind is handed over by its neighbours.
          PARLEY_SPOOL_DIR: folder.path('spool'),
          PARLEY_SNAPSHOT_DIR: folder.path('snapshots', nodeName),
          ...(metricsPort === null ? {} : { GATEWAY_METRICS_PORT: String(metricsPort + index) }),
        },
      }),
      isReady: () => answersAs(`http://127.0.0.1:${ports.gateway}/readyz`, nodeName),
    };
  });
}

/** The portal: a production build, or with hot reload in `dev`. */
export function portalService(setting: Setting): ServiceSpec {
  const { ports, options } = setting;
  const args = ['--port', String(ports.portal), '--hostname', options.env.host];
  const rest = {
    name: 'portal',
    cwd: `${ROOT}/apps/portal`,
    isReady: () => answersOk(`http://127.0.0.1:${ports.portal}/api/healthz`),
    readyTimeoutMs: 120_000,
  };
  const env = portalVariables(setting);
  if (options.mode === 'dev') {
    const program = { command: process.execPath, args: [`${ROOT}/${NEXT}`, 'dev', ...args] };
    return keptService({ ...program, stopSignal: 'SIGTERM', stopTimeoutMs: 10_000 }, { ...rest, env });
  }
  return {
    ...rest,
    command: process.execPath,
    args: ['--import', WATCH_PARENT, `${ROOT}/${NEXT}`, 'start', ...args],
    env: { ...inheritedEnv(), ...env, NODE_ENV: 'production' },
    stopTimeoutMs: 15_000,
  };
}

/** The portal's own variables; its build reads them as well. */
export function portalVariables(setting: Setting): Record<string, string> {
  const { urls, secrets } = setting;
  return {
    ...shared(setting),
    ...stripeVariables(setting),
    APP_DATABASE_URL: urls.appDatabase,
    NEXTAUTH_SECRET: secrets.nextAuthSecret,
    PARLEY_INTERNAL_SECRET: secrets.internalSecret,
    NEXTAUTH_URL: urls.portal,
    PORTAL_URL: urls.portal,
    GATEWAY_URL: urls.gateway,
    ...(setting.options.env.smtpUrl ? {} : { MAILBOX_URL: urls.mailbox }),
    NEXT_TELEMETRY_DISABLED: '1',
  };
}

/** The operator's Stripe account, as it was given; else the simulator, where it runs. */
function stripeVariables({ options, urls, secrets }: Setting): Record<string, string> {
  const simulated = urls.stripeSimulator && {
    secretKey: STRIPE_SIMULATOR_KEY,
    webhookSecrets: [secrets.stripeWebhook],
    apiBase: urls.stripeSimulator,
  };
  const stripe = options.env.stripe ?? simulated;
  if (!stripe) return {};
  return {
    STRIPE_SECRET_KEY: stripe.secretKey,
    ...(stripe.webhookSecrets.length === 0 ? {} : { STRIPE_WEBHOOK_SECRET: stripe.webhookSecrets.join(',') }),
    ...(stripe.apiBase === null ? {} : { STRIPE_API_BASE: stripe.apiBase }),
  };
}

function shared({ urls, secrets, options }: Setting): Record<string, string> {
  return {
    REDIS_URL: urls.redis,
    PARLEY_MASTER_KEY: secrets.masterKey,
    PARLEY_KEY_PEPPER: secrets.keyPepper,
    PARLEY_ALLOWED_PRIVATE: LOOPBACK,
    LOG_LEVEL: options.env.logLevel,
  };
}

interface NodeOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stopTimeoutMs?: number;
  /** Starts again whenever a source changes. */
  readonly watch?: boolean;
}

/** One of our own processes, ready once `/healthz` answers on its port. */
function node(name: string, file: string, healthPort: number, options: NodeOptions): ServiceSpec {
  const stopTimeoutMs = options.stopTimeoutMs ?? 10_000;
  const rest = {
    name,
    cwd: ROOT,
    isReady: () => answersOk(`http://127.0.0.1:${healthPort}/healthz`),
    readyTimeoutMs: 60_000,
  };
  if (options.watch) {
    const args = ['--watch', '--watch-preserve-output', `${ROOT}/${file}`, ...(options.args ?? [])];
    const program = { command: process.execPath, args, stopSignal: 'SIGTERM' as const, stopTimeoutMs };
    return keptService(program, { ...rest, env: { ...options.env } });
  }
  return {
    ...rest,
    command: process.execPath,
    args: ['--import', WATCH_PARENT, `${ROOT}/${file}`, ...(options.args ?? [])],
    env: { ...inheritedEnv(), ...options.env },
    stopTimeoutMs,
  };
}

/**
 * True when the process of this name answers. Processes share the port, and a connection of its own for each question
 * reaches them in turn.
 */
function answersAs(url: string, nodeName: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 2_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        body += piece;
      });
      response.once('end', () => resolve(response.statusCode === 200 && body.includes(`"${nodeName}"`)));
      response.once('error', () => resolve(false));
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });
}
