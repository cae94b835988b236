import { manage } from '../src/management.ts';
import { poll } from '../src/poll.ts';
import { running } from '../src/running.ts';
import { Books } from './books.ts';
import { Callers, type CallKind } from './callers.ts';
import { faults } from './faults.ts';
import { Payments } from './payments.ts';

/**
 * Calls through a running Parley until so many are answered, while its processes are killed, its stores lost, its jobs
 * repeated and its clocks shifted; then what was answered, stored, added up and booked must agree to the unit.
 * `--events=1000000 --every=20 --callers=48`; `npm run chaos` starts a Parley of its own for it.
 */
function option(name: string, fallback: number): number {
  const given = process.argv.find((arg) => arg.startsWith(`--${name}=`));
  const value = given === undefined ? fallback : Number(given.slice(name.length + 3));
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number from 1.`);
  return value;
}

const events = option('events', 1_000_000);
const everySeconds = option('every', 20);
const callers = option('callers', 48);
const clockFile = process.env['PARLEY_CHAOS_CLOCK'];
if (clockFile === undefined) throw new Error('PARLEY_CHAOS_CLOCK is not set: run this by `npm run chaos`.');

const say = (text: string): void => void process.stdout.write(`${text}\n`);
/** What one call of the REST API costs, in nano-units, and calls to models in millionths of their cost. */
const CALL_NANO = 1_000;
const MARKUP_PPM = 1_200_000;
/** Of a currency with two digits after the point. */
const NANO_PER_MINOR = 10_000_000n;
const slug = `chaos-${Date.now().toString(36)}`;

/** APIs of its own over the sample service and the simulated models, and a key for both. */
async function prepare(): Promise<{ apiKey: string; kinds: CallKind[] }> {
  const charged = (id: string, meter: string, charge: object) => ({ rules: [{ id, name: id, meter, charge }] });
  const plansAt = (price: object) => [
    {
      slug: 'only',
      name: 'Only',
      approval: 'auto',
      limits: [{ requests: 1_000_000_000, windowSeconds: 86_400 }],
      price,
    },
  ];
  const perCall = plansAt(
    charged('calls', 'requests', { kind: 'perUnit', nanoPerMillion: String(CALL_NANO * 1_000_000) }),
  );
  const perCost = plansAt(charged('models', 'cost', { kind: 'markup', ppm: MARKUP_PPM }));
  const routes = [{ method: 'GET', path: '/parts/{id}', upstream: 'parts-service' }];
  const shown = { state: 'published', version: 'v1' };
  const reply = await manage<{ keys: { secret: string }[] }>('POST', '/apply', {
    parley: 1,
    apis: [
      { slug, name: slug, kind: 'rest', plans: perCall, versions: [{ ...shown, routes }] },
      { slug: `${slug}-chat`, name: slug, kind: 'llm', plans: perCost, versions: [{ ...shown, models: ['swift'] }] },
    ],
    applications: [
      {
        slug,
        name: slug,
        subscriptions: [slug, `${slug}-chat`].map((api) => ({ api: `aurora/${api}`, plan: 'only' })),
        keys: [{ name: 'main' }],
      },
    ],
  });
  const apiKey = reply.keys[0]?.secret;
  if (!apiKey) throw new Error('apply made no key');
  const part: CallKind = { path: `/aurora/${slug}/v1/parts/AP-1001`, body: null };
  const messages = [{ role: 'user', content: 'Hello' }];
  const chat: CallKind = {
    path: `/aurora/${slug}-chat/v1/chat/completions`,
    body: JSON.stringify({ model: 'swift', max_tokens: 16, messages }),
  };
  for (const { path, body } of [part, chat]) {
    await poll(`calls of ${path}`, async () => {
      const sent = body === null ? {} : { method: 'POST', body };
      const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
      const response = await fetch(running().gatewayUrl + path, { ...sent, headers });
      await response.arrayBuffer();
      return response.ok;
    });
  }
  return { apiKey, kinds: [part, part, part, part, chat] };
}

const { apiKey, kinds } = await prepare();
const books = new Books();
const account = await books.ownAccount(running().demo.tenant);
const load = new Callers(kinds, apiKey, callers);
const payments = new Payments(account);
const started = performance.now();
const struck: Record<string, number> = {};
const order = faults(clockFile);
for (let turn = 0; load.answered.length < events; turn++) {
  const until = performance.now() + everySeconds * 1000;
  while (performance.now() < until && load.answered.length < events)
    await new Promise((resolve) => setTimeout(resolve, 100));
  const fault = order[turn % order.length];
  if (fault === undefined || load.answered.length >= events) break;
  await fault.strike();
  struck[fault.name] = (struck[fault.name] ?? 0) + 1;
  const seconds = Math.round((performance.now() - started) / 1000);
  say(`${String(seconds).padStart(5)} s  ${String(load.answered.length).padStart(8)} answered  ${fault.name}`);
}
await Promise.all([load.stop(), payments.stop()]);
const seconds = (performance.now() - started) / 1000;
say(
  `\n${load.answered.length} calls answered with success in ${seconds.toFixed(0)} s; all answers by status: ${JSON.stringify(load.statuses)}; broken: ${load.broken}`,
);
say(`tries to buy credit that came to nothing: ${payments.failed}`);
say(`faults: ${Object.values(struck).reduce((sum, one) => sum + one, 0)} ${JSON.stringify(struck)}\n`);

await order.at(-1)?.strike();
await books.settled();
const totals = await books.totals(slug, load.answered);
const money = await books.money(slug, { callNano: CALL_NANO, markupPpm: MARKUP_PPM });
const paid = await Payments.paid();
const paidNano = String(BigInt(paid.reduce((sum, { amount }) => sum + amount, 0)) * NANO_PER_MINOR);
const bought = await books.bought(
  account,
  paid.map(({ id }) => id),
);
const checks = await books.standingChecks();
await books.close();

const extra = totals.stored - load.answered.length;
const held: readonly (readonly [what: string, holds: boolean])[] = [
  [`${load.answered.length} ids given with success, ${totals.lost} of them not stored`, totals.lost === 0],
  [`${new Set(load.answered).size} different ids`, new Set(load.answered).size === load.answered.length],
  [
    `${totals.stored} successes stored: ${extra} whose answer was cut, of ${load.broken} cut`,
    extra >= 0 && extra <= load.broken + 2,
  ],
  [`${totals.events} calls stored, ${totals.rolledUp} added up`, totals.events === totals.rolledUp],
  [
    `a cost of ${totals.eventsCost} nano stored, ${totals.rolledUpCost} added up`,
    totals.eventsCost === totals.rolledUpCost,
  ],
  [`${money.billable} billable calls make ${money.owed} nano, ${money.rated} were rated`, money.owed === money.rated],
  [`${money.rated} nano rated, ${money.booked} booked`, money.rated === money.booked],
  [`${paid.length} pages paid by card, ${bought.granted} granted`, paid.length > 0 && paid.length === bought.granted],
  [
    `${paidNano} nano paid, ${bought.grantedNano} granted, ${bought.cashNano} booked`,
    paidNano === bought.grantedNano && paidNano === bought.cashNano,
  ],
  ...checks.map(
    ({ name, found, failure }) =>
      [`standing check ${name}: ${failure ?? `${found} rows`}`, failure === null && found === 0] as const,
  ),
];
for (const [what, holds] of held) say(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
process.exit(held.every(([, holds]) => holds) ? 0 : 1);
