import { poll } from '../poll.ts';
import { StartError } from '../start-error.ts';
import { demoConversation } from './conversation.ts';
import { deskCalls } from './desk-calls.ts';

const TEXTS = [
  'The loading arm of robot 14 stopped twice this morning. A restart helped, but the log shows a voltage drop each time.',
  'Our spring release brings a quieter gripper, a longer warranty and a dashboard that shows every robot at a glance.',
  'The warehouse in Rotterdam moves to night shifts in May, so deliveries must arrive before eight in the evening.',
];

/** A few real calls through the gateway with the demo's key, so that the dashboards have something to show. Answers how many. */
export async function firstCalls(gatewayUrl: string, apiKey: string): Promise<number> {
  const call = (method: 'GET' | 'POST', path: string, body?: object): Promise<Response> =>
    fetch(gatewayUrl + path, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(20_000),
    });
  let last = '';
  const known = await poll(
    async () => {
      const response = await call('GET', '/aurora/parts/v1/parts');
      last = `${response.status} ${await response.text()}`;
      return response.ok;
    },
    { timeoutMs: 30_000 },
  );
  if (!known) throw new StartError(`The demo is made, but its first call is answered ${last}`);
  const calls = [
    ...TEXTS.flatMap((text) => [
      () => call('POST', '/aurora/summarise/v1', { text, sentences: 1 }),
      () => call('POST', '/v1/chat/completions', { model: 'swift', messages: [{ role: 'user', content: text }] }),
      () =>
        call('POST', '/v1/chat/completions', {
          model: 'sage',
          messages: [{ role: 'user', content: `Reply kindly: ${text}` }],
          stream: true,
        }),
    ]),
    ...Array.from({ length: 8 }, () => () => call('GET', '/aurora/parts/v1/parts')),
    () =>
      call('POST', '/v1/chat/completions', { model: 'unknown-model', messages: [{ role: 'user', content: 'Hello' }] }),
    () => call('POST', '/aurora/summarise/v1', { sentences: 'three' }),
    () => call('POST', '/aurora/triage/v1', { ticket: TEXTS[0] }),
  ];
  const inTurn = async (): Promise<void> => {
    for (const make of calls) await make().then((response) => response.arrayBuffer());
  };
  const [others, talk] = await Promise.all([
    deskCalls(gatewayUrl, apiKey),
    demoConversation(gatewayUrl, apiKey),
    inTurn(),
  ]);
  return calls.length + others + talk + 1;
}
