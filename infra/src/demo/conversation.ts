import { z } from 'zod';

const sessionSchema = z.object({ id: z.string() });
const issuedSchema = z.object({ party_token: z.string() });
const exchangedSchema = z.object({ access_token: z.string() });

const PARTIES = [
  { id: 'mira', kind: 'user', role: 'customer' },
  {
    id: 'desk-bot',
    kind: 'agent',
    role: 'assistant',
    permissions: [
      { name: 'answer', actions: ['model:ask'], resources: ['model:aurora/*'] },
      { name: 'remember', actions: ['session:read', 'session:append'], resources: ['session:*'] },
      { name: 'hand over to Sam', actions: ['token:exchange'], resources: ['party:sam'] },
    ],
  },
  {
    id: 'sam',
    kind: 'user',
    role: 'support',
    permissions: [
      { actions: ['model:ask'], resources: ['model:aurora/*'] },
      { actions: ['session:read', 'session:append'], resources: ['session:*'] },
    ],
  },
];

/** What a tool of the application's own found, and a picture the customer sent: appended without asking a model. */
const LOOKED_UP = {
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'This is what the arm looks like now.' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${'iVBORw0KGgo'.padEnd(4000, 'A')}` } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'find_warranty', arguments: '{"robot":"AR-14"}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'call_1', content: '{"until":"2027-03-31","covers":["arm","battery"]}' },
  ],
};

/**
 * A conversation of a customer, an assistant and a person of the desk who takes over: over two protocols and two models, with
 * party tokens. Answers how many calls were made; what models answer is not looked at.
 */
export async function demoConversation(gatewayUrl: string, apiKey: string): Promise<number> {
  let made = 0;
  const post = async (path: string, bearer: string, body: object, headers: Record<string, string> = {}) => {
    made++;
    const isForm = body instanceof URLSearchParams;
    const response = await fetch(gatewayUrl + path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(isForm ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: isForm ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
    if (response.status >= 500) throw new Error(`${path} was answered ${response.status}`);
    return response.json() as Promise<unknown>;
  };
  const settings = {
    title: 'Robot 14 and its arm',
    system: 'You help customers of Nimbus Logistics with their robots. Never promise a date.',
    retention_days: 90,
    metadata: { ticket: '4711' },
  };
  const { id } = sessionSchema.parse(await post('/v1/sessions', apiKey, settings));
  const asked = {
    parties: PARTIES,
    acting: 'desk-bot',
    on_behalf_of: 'mira',
    audience: { apis: ['aurora/chat'], sessions: [id] },
    ctx: id,
    expires_in: 86_400,
  };
  const { party_token: bot } = issuedSchema.parse(await post('/v1/party-tokens', apiKey, asked));
  const inIt = { 'x-context-id': id };
  const ask = (content: string, model: string, bearer: string) =>
    post('/v1/chat/completions', bearer, { model, messages: [{ role: 'user', content }] }, inIt);
  await ask('The arm of my robot AR-14 stops half way. What can I do?', 'swift', bot);
  await post(`/v1/sessions/${id}/turns`, apiKey, LOOKED_UP);
  await ask('Is that covered by its warranty?', 'swift', bot);
  const exchange = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: bot,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    acting: 'sam',
  });
  const { access_token: sam } = exchangedSchema.parse(await post('/v1/party-tokens/exchange', bot, exchange));
  const message = { role: 'user', content: 'Sum up for me what was agreed with Mira, in two sentences.' };
  await post('/v1/messages', sam, { model: 'sage', max_tokens: 300, messages: [message] }, inIt);
  return made;
}
