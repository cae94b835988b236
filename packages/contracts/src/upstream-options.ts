import { z } from 'zod';

/**
 * How calls to an upstream are spread over targets and guarded. Every part is optional and absent by default: `{}` is one
 * plain target, the base URL, and costs a call nothing.
 */

/**
 * The address of a target: a URL of its own, or `host:port` with scheme and path of the base URL. `null` for text that
 * is neither, and for addresses with credentials, query or fragment.
 */
export function targetUrl(text: string, baseUrl: string): URL | null {
  const base = new URL(baseUrl);
  const whole = /^https?:\/\//i.test(text) ? text : `${base.protocol}//${text}${base.pathname}`;
  if (!URL.canParse(whole) || /[\s?#@\\]/.test(text)) return null;
  return new URL(whole);
}

export const targetOptions = z.strictObject({
  url: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .refine((text) => targetUrl(text, 'http://base.invalid') !== null, 'Write an address, or host:port.')
    .describe('Address of the target: a URL, or host:port with the base URL’s scheme and path'),
  weight: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .describe('Its share of the calls, relative to the other targets'),
});

/** Header names as RFC 9110 §5.1 has them. */
const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'Write a header name, like X-Session.');

export const balanceOptions = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('roundRobin').describe('In turn, by weight') }),
  z.strictObject({ kind: z.literal('leastConnections').describe('The one with the fewest running calls') }),
  z.strictObject({ kind: z.literal('latency').describe('The quicker of two taken at random') }),
  z.strictObject({
    kind: z.literal('hash').describe('The same key always to the same target'),
    on: z
      .enum(['clientAddress', 'application', 'header', 'pathParameter'])
      .default('clientAddress')
      .describe('What the key is'),
    name: z.string().max(100).optional().describe('Name of the header, or of the path parameter'),
  }),
  z.strictObject({
    kind: z.literal('sticky').describe('A cookie keeps a caller at its target'),
    cookie: headerName.default('parley_target').describe('Name of the cookie'),
    maxAgeSeconds: z
      .number()
      .int()
      .min(1)
      .max(31_622_400)
      .optional()
      .describe('How long the cookie is kept; for the browser’s session when empty'),
    secure: z.boolean().default(true).describe('Sent by browsers over HTTPS only'),
  }),
]);

export const passiveHealthOptions = z.strictObject({
  consecutiveFailures: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .describe('Failed calls in a row after which a target is left out'),
  count5xx: z.boolean().default(true).describe('Count answers from 500 on as failed, not only broken connections'),
  ejectSeconds: z
    .number()
    .int()
    .min(1)
    .max(3600)
    .default(30)
    .describe('Seconds it is left out; twice as long each time in a row. Then one call tries it'),
  maxEjectSeconds: z.number().int().min(1).max(86_400).default(300).describe('Longest time it is left out'),
  maxEjectedPercent: z
    .number()
    .int()
    .min(0)
    .max(100)
    .default(50)
    .describe('Share of the targets that may be left out at once'),
});

const refreshSeconds = z
  .number()
  .int()
  .min(1)
  .max(3600)
  .default(30)
  .describe('Seconds between two questions, fewer when the answer lives shorter');
const label = (what: string) => z.string().min(1).max(253).describe(what);
const apiUrl = (what: string) =>
  z
    .url({ protocol: /^https?$/ })
    .max(500)
    .describe(what);

const dnsDiscovery = z.strictObject({
  kind: z.literal('dns').describe('Every A and AAAA address of the base URL’s host name'),
  refreshSeconds,
});
const dnsSrvDiscovery = z.strictObject({
  kind: z.literal('dnsSrv').describe('The targets of an SRV record, with its ports, weights and priorities'),
  name: label('Name of the record, like _http._tcp.orders.example.com'),
  refreshSeconds,
});
const consulDiscovery = z.strictObject({
  kind: z.literal('consul').describe('The passing instances of a Consul service'),
  url: apiUrl('Address of Consul’s HTTP API, like http://consul.internal:8500'),
  service: label('Name of the service'),
  tag: label('Only instances with this tag').optional(),
  datacenter: label('Datacenter to ask in').optional(),
  waitSeconds: z.number().int().min(1).max(120).default(55).describe('Longest wait of a blocking query, in seconds'),
});
const kubernetesDiscovery = z.strictObject({
  kind: z.literal('kubernetes').describe('The ready endpoints of a Kubernetes service'),
  url: apiUrl('Address of the API server, like https://10.0.0.1:6443'),
  namespace: label('Namespace of the service').default('default'),
  service: label('Name of the service'),
  port: label('Name or number of the port; the first when empty').optional(),
  caCertificate: z
    .string()
    .max(20_000)
    .regex(/^-----BEGIN CERTIFICATE-----/, 'Paste a certificate in PEM form.')
    .describe('Certificate of the authority that signed the API server’s, in PEM form')
    .optional(),
});

export const discoveryOptions = z.discriminatedUnion('kind', [
  dnsDiscovery,
  dnsSrvDiscovery,
  consulDiscovery,
  kubernetesDiscovery,
]);
export type DiscoveryOptions = z.output<typeof discoveryOptions>;
export type DnsDiscovery = z.output<typeof dnsDiscovery>;
export type DnsSrvDiscovery = z.output<typeof dnsSrvDiscovery>;
export type ConsulDiscovery = z.output<typeof consulDiscovery>;
export type KubernetesDiscovery = z.output<typeof kubernetesDiscovery>;

export const activeHealthOptions = z.strictObject({
  path: z
    .string()
    .max(500)
    .regex(/^\/[\x21-\x7e]*$/, 'Write a path that starts with /.')
    .default('/')
    .describe('Path that is asked with GET at every target, from its root'),
  intervalSeconds: z.number().int().min(1).max(3600).default(10).describe('Seconds between two checks of a target'),
  timeoutMs: z.number().int().min(10).max(60_000).default(2000).describe('Longest time for an answer, in ms'),
  unhealthyAfter: z.number().int().min(1).max(100).default(3).describe('Bad answers in a row that take a target out'),
  healthyAfter: z.number().int().min(1).max(100).default(2).describe('Good answers in a row that bring it back'),
  statuses: z
    .array(z.number().int().min(100).max(599))
    .max(20)
    .default([])
    .describe('Good answers; every 2xx when empty'),
});

const milliseconds = z.number().int().min(1).max(3_600_000);
const errorStatus = z.number().int().min(400).max(599);

export const tryTimeoutOptions = z.strictObject({
  firstByteMs: milliseconds
    .optional()
    .describe('From the request sent to the first byte of the answer’s body, in ms; unbounded when empty'),
  idleMs: milliseconds
    .optional()
    .describe('Longest silence between two pieces of an answer, in ms; 30 s or the time for headers when empty'),
});

export const retryOptions = z.strictObject({
  attempts: z.number().int().min(1).max(6).default(3).describe('Tries in all, the first included'),
  statuses: z
    .array(errorStatus)
    .max(20)
    .default([502, 503, 504])
    .describe('Answers that are tried again, beside failed connections and time-outs'),
  backoffMs: z.number().int().min(0).max(60_000).default(50).describe('Mean of the wait doubles from here, in ms'),
  maxBackoffMs: z.number().int().min(0).max(60_000).default(1000).describe('Longest wait of its own, in ms'),
  budgetPercent: z
    .number()
    .int()
    .min(0)
    .max(100)
    .default(20)
    .describe('Retries may be at most this share of the calls of the last 10 seconds'),
  freePerSecond: z.number().int().min(0).max(1000).default(3).describe('Retries per second that are always allowed'),
  maxBodyBytes: z
    .number()
    .int()
    .min(0)
    .max(65_536)
    .default(65_536)
    .describe('Larger request bodies are not sent again'),
});

export const breakerOptions = z.strictObject({
  errorPercent: z.number().int().min(1).max(100).default(50).describe('Share of failed calls that opens it'),
  minCalls: z.number().int().min(1).max(100_000).default(20).describe('Fewer calls than this decide nothing'),
  windowSeconds: z.number().int().min(1).max(600).default(10).describe('Calls of these last seconds count'),
  consecutiveFailures: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .describe('Failed calls in a row that open it as well'),
  openSeconds: z.number().int().min(1).max(3600).default(15).describe('Seconds without calls once it is open'),
  probes: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(3)
    .describe('Calls that then must go well, all of them, to close it'),
});

export const fallbackOptions = z.strictObject({
  status: z.number().int().min(200).max(599).default(503).describe('Status of the answer'),
  contentType: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[\x21-\x7e][\x20-\x7e]*$/, 'A header value holds plain characters on one line only.')
    .default('application/json')
    .describe('Content type of the answer'),
  body: z.string().max(16_384).default('').describe('Body of the answer'),
  onStatuses: z
    .array(errorStatus)
    .max(50)
    .default([])
    .describe('Answers of the upstream that it takes the place of, beside calls without an answer'),
});

/** Every option with its bounds and defaults. Order is importance. */
const OPTIONS = {
  targets: z.array(targetOptions).max(100).describe('Targets beside the base URL').optional(),
  baseWeight: z
    .number()
    .int()
    .min(0)
    .max(1000)
    .describe('Share of the base URL itself among the targets; 0 takes it out. 1 when empty')
    .optional(),
  discovery: discoveryOptions
    .describe('Finds the targets instead of naming them; they take scheme, path and host name of the base URL')
    .optional(),
  balance: balanceOptions.describe('How calls are spread over the targets; in turn when empty').optional(),
  passiveHealth: passiveHealthOptions
    .nullable()
    .describe('Leaves out targets whose calls fail. On with its defaults where there are several targets; null is off')
    .optional(),
  activeHealth: activeHealthOptions.describe('Asks every target at intervals whether it is well').optional(),
  retries: retryOptions.describe('Sends calls again that failed, where that is safe').optional(),
  breaker: breakerOptions.describe('Stops calling for a while when too many calls fail').optional(),
  fallback: fallbackOptions.describe('Answer of the gateway when the upstream gives none').optional(),
  http2: z.boolean().describe('Speak HTTP/2 with every target: many calls on one connection').optional(),
  timeouts: tryTimeoutOptions.describe('Time limits beside connecting, headers and the whole call').optional(),
} as const;

type OptionsOut = z.output<z.ZodObject<typeof OPTIONS>>;

/** What no field alone can judge: path and sentence of each problem. */
function problems(options: OptionsOut): [path: (string | number)[], message: string][] {
  const found: [(string | number)[], string][] = [];
  if (options.baseWeight === 0 && !options.targets?.length) {
    found.push([['baseWeight'], 'Without other targets the base URL cannot be taken out.']);
  }
  if (options.discovery && (options.targets?.length || options.baseWeight !== undefined)) {
    found.push([['discovery'], 'Name targets or let them be discovered, not both.']);
  }
  const { balance } = options;
  if (balance?.kind === 'hash' && (balance.on === 'header' || balance.on === 'pathParameter') && !balance.name) {
    found.push([['balance', 'name'], `Name the ${balance.on === 'header' ? 'header' : 'path parameter'}.`]);
  }
  const { fallback } = options;
  if (fallback && fallback.body !== '' && [204, 205, 304].includes(fallback.status)) {
    found.push([['fallback', 'body'], `An answer with status ${fallback.status} has no body.`]);
  }
  return found;
}

export const upstreamOptionsSchema = z.strictObject(OPTIONS).superRefine((options, context) => {
  for (const [path, message] of problems(options)) context.addIssue({ code: 'custom', path, message });
});
export type UpstreamOptions = z.output<typeof upstreamOptionsSchema>;
export type UpstreamOptionsInput = z.input<typeof upstreamOptionsSchema>;
export type BalanceOptions = z.output<typeof balanceOptions>;
export type RetryOptions = z.output<typeof retryOptions>;
export type BreakerOptions = z.output<typeof breakerOptions>;
export type FallbackOptions = z.output<typeof fallbackOptions>;
export type ActiveHealthOptions = z.output<typeof activeHealthOptions>;
export type PassiveHealthOptions = z.output<typeof passiveHealthOptions>;
