import { hostname } from 'node:os';
import { z } from 'zod';
import { otlpEnv } from './otlp.ts';
import { EnvError, type EnvSource, parseEnv } from './parse.ts';
import { internalEnv, secretsEnv } from './secrets.ts';
import { type LogLevel, outboundEnv, processEnv } from './shared.ts';
import { storesEnv } from './stores.ts';
import { cidrList, httpUrl, nameServerList, pemFile, port, wholeNumber } from './values.ts';

export const gatewayEnv = {
  ...storesEnv,
  ...secretsEnv,
  ...internalEnv,
  ...outboundEnv,
  ...processEnv,
  ...otlpEnv,
  GATEWAY_PORT: port().default(8080).describe('the port to listen on, from 1 to 65535'),
  GATEWAY_HOST: z.string().default('0.0.0.0').describe('the address to listen on, e.g. 127.0.0.1'),
  GATEWAY_NODE: z
    .string()
    .max(64, 'it is longer than 64 characters')
    .optional()
    .describe('the name of this gateway process in usage events, at most 64 characters'),
  GATEWAY_URL: httpUrl()
    .optional()
    .describe('the address applications call the gateway at, e.g. https://api.example.com'),
  PORTAL_URL: httpUrl().optional().describe('the address people open the portal at, e.g. https://parley.example.com'),
  GATEWAY_TRUSTED_PROXIES: cidrList()
    .default([])
    .describe('a comma list of CIDR ranges of your own proxies, whose X-Forwarded-For is believed, e.g. 10.0.0.0/8'),
  GATEWAY_CLIENT_CERT_HEADER: z
    .enum(['client-cert', 'x-forwarded-client-cert'], 'it is neither client-cert nor x-forwarded-client-cert')
    .optional()
    .describe('the header in which those proxies tell of a client certificate they have checked, e.g. client-cert'),
  GATEWAY_TLS_CERT: pemFile()
    .optional()
    .describe('a file with the PEM certificate (and chain) of the gateway, where it ends TLS itself'),
  GATEWAY_TLS_KEY: pemFile().optional().describe('a file with the PEM private key of that certificate'),
  GATEWAY_TLS_CLIENT_CA: pemFile()
    .optional()
    .describe('a file with the PEM certificates of the authorities whose client certificates are believed by name'),
  GATEWAY_COUNTRY_FILE: z
    .string()
    .optional()
    .describe(
      'a file of countries by address in MaxMind’s DB format (.mmdb), for conditions on where a call comes from',
    ),
  GATEWAY_COUNTRY_HEADER: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,60}$/, 'it is no name of a header')
    .transform((name) => name.toLowerCase())
    .optional()
    .describe('a header in which your own proxies name the caller’s country, e.g. cf-ipcountry'),
  GATEWAY_DNS_SERVERS: nameServerList()
    .default([])
    .describe('a comma list of name servers for the discovery of targets by DNS, e.g. 10.0.0.2,10.0.0.3:8600'),
  GATEWAY_MAX_IN_FLIGHT: wholeNumber(10, 1_000_000)
    .default(10_000)
    .describe('how many calls a node answers at once before it refuses all but critical ones at 80 % of that, from 10'),
  GATEWAY_METRICS_PORT: port()
    .optional()
    .describe('the port of /metrics for Prometheus, one for each process; nothing is counted without it'),
  GATEWAY_METRICS_HOST: z.string().default('127.0.0.1').describe('the address of /metrics, e.g. 0.0.0.0'),
  PARLEY_SPOOL_DIR: z
    .string()
    .describe('a durable folder for usage events not yet handed over, shared by the gateways of a machine'),
  PARLEY_SNAPSHOT_DIR: z.string().describe('a folder for the last good configuration of this node'),
};

export interface GatewayEnv {
  readonly redisUrl: string;
  readonly masterKey: string;
  readonly keyPepper: string;
  /** Signs the portal's calls to the gateway; `null`: no dry runs. */
  readonly internalSecret: string | null;
  /** Where error documents and next steps point to; `null` when not told. */
  readonly portalUrl: string | null;
  readonly gatewayUrl: string | null;
  readonly gatewayPort: number;
  readonly gatewayHost: string;
  readonly gatewayNode: string;
  readonly spoolDir: string;
  readonly snapshotDir: string;
  /** CIDR ranges that upstreams and providers may use although they are private. */
  readonly allowedPrivate: readonly string[];
  /** CIDR ranges of the operator's own proxies. */
  readonly trustedProxies: readonly string[];
  /** The header of those proxies that tells of client certificates. */
  readonly certificateHeader: 'client-cert' | 'x-forwarded-client-cert' | null;
  /** PEM texts; `null` where the gateway speaks plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string; readonly clientCa: string | null } | null;
  /** File of countries by address. */
  readonly countryFile: string | null;
  /** Header in lower case, believed from those proxies alone. */
  readonly countryHeader: string | null;
  /** Calls a node answers at once before it refuses by priority. */
  readonly maxInFlight: number;
  /** Name servers for the discovery of targets; the system's when empty. */
  readonly dnsServers: readonly string[];
  /** Where `/metrics` is served; `null`: nowhere. */
  readonly metrics: { readonly host: string; readonly port: number } | null;
  /** The OpenTelemetry collector; `null`: none. */
  readonly otlp: {
    readonly endpoint: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly serviceName: string;
    /** Share of calls without a trace of their own that are traced. */
    readonly share: number;
  } | null;
  readonly logLevel: LogLevel;
}

/** What a gateway process runs with. Throws `EnvError`. */
export function loadGatewayEnv(source?: EnvSource): GatewayEnv {
  const env = parseEnv(gatewayEnv, source);
  return {
    redisUrl: env.REDIS_URL,
    masterKey: env.PARLEY_MASTER_KEY,
    keyPepper: env.PARLEY_KEY_PEPPER,
    internalSecret: env.PARLEY_INTERNAL_SECRET ?? null,
    portalUrl: env.PORTAL_URL ?? null,
    gatewayUrl: env.GATEWAY_URL ?? null,
    gatewayPort: env.GATEWAY_PORT,
    gatewayHost: env.GATEWAY_HOST,
    gatewayNode: env.GATEWAY_NODE ?? hostname().slice(0, 64),
    spoolDir: env.PARLEY_SPOOL_DIR,
    snapshotDir: env.PARLEY_SNAPSHOT_DIR,
    allowedPrivate: env.PARLEY_ALLOWED_PRIVATE,
    trustedProxies: env.GATEWAY_TRUSTED_PROXIES,
    certificateHeader: env.GATEWAY_CLIENT_CERT_HEADER ?? null,
    tls: tlsOf(env),
    countryFile: env.GATEWAY_COUNTRY_FILE ?? null,
    countryHeader: env.GATEWAY_COUNTRY_HEADER ?? null,
    maxInFlight: env.GATEWAY_MAX_IN_FLIGHT,
    dnsServers: env.GATEWAY_DNS_SERVERS,
    metrics:
      env.GATEWAY_METRICS_PORT === undefined
        ? null
        : { host: env.GATEWAY_METRICS_HOST, port: env.GATEWAY_METRICS_PORT },
    otlp:
      env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
        ? null
        : {
            endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
            headers: env.OTEL_EXPORTER_OTLP_HEADERS ?? {},
            serviceName: env.OTEL_SERVICE_NAME,
            share: env.OTEL_TRACES_SAMPLER_ARG,
          },
    logLevel: env.LOG_LEVEL,
  };
}

interface TlsValues {
  readonly GATEWAY_TLS_CERT?: string | undefined;
  readonly GATEWAY_TLS_KEY?: string | undefined;
  readonly GATEWAY_TLS_CLIENT_CA?: string | undefined;
}

/** Certificate and key come together. Throws `EnvError` for one without the other. */
function tlsOf({ GATEWAY_TLS_CERT: cert, GATEWAY_TLS_KEY: key, GATEWAY_TLS_CLIENT_CA: clientCa }: TlsValues) {
  if (cert !== undefined && key !== undefined) return { cert, key, clientCa: clientCa ?? null };
  if (cert === undefined && key === undefined && clientCa === undefined) return null;
  const missing = cert === undefined ? 'GATEWAY_TLS_CERT' : 'GATEWAY_TLS_KEY';
  throw new EnvError([`${missing} is missing: TLS needs GATEWAY_TLS_CERT and GATEWAY_TLS_KEY, both.`]);
}
