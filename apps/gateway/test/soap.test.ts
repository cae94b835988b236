import type { PoliciesInput } from '@parley/contracts/policies';
import { type SoapPolicy, soapPolicy } from '@parley/contracts/policies/soap';
import { compileSoap } from '@parley/domain/soap/compile';
import { readNodes, type XmlNode } from '@parley/domain/xml/read-nodes';
import { newId } from '@parley/kernel/id';
import { DOTNET_WSDL, JAVA_WSDL, rpcWsdl } from '@parley/testkit/wsdl-samples';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, apiKey, application, publisher, subscription, UPSTREAM_SECRET, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

const SOAP11 = 'http://schemas.xmlsoap.org/soap/envelope/';
const SOAP12 = 'http://www.w3.org/2003/05/soap-envelope';
const envelope = (body: string, ns = SOAP11): string =>
  `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="${ns}"><s:Header/><s:Body>${body}</s:Body></s:Envelope>`;
const quote = (inner: string): string =>
  `<GetQuoteResponse xmlns="http://tempuri.org/"><GetQuoteResult>${inner}</GetQuoteResult></GetQuoteResponse>`;
const GOOD = quote('<Symbol>A&amp;B</Symbol><Price>1.25</Price><Volume>10</Volume><Open>true</Open>');

let world: World;
let service: UpstreamServer;
let base: string;
let secret: string;

beforeAll(async () => {
  world = await openWorld();
  service = await startUpstream(() => {});
  const pub = publisher(`soap-${newId().slice(-8)}`);
  const target = upstream(pub, `${service.url}/ws`);
  const made = (method: 'GET' | 'POST', path: string, given: Partial<SoapPolicy>, more: PoliciesInput = {}) => {
    const policy = soapPolicy.parse({ wsdl: DOTNET_WSDL, ...given });
    const compiled = compileSoap(policy, { method, path });
    if (!('plan' in compiled)) throw new Error(JSON.stringify(compiled));
    const { wsdl: _, ...left } = policy;
    const own = { plan: compiled.plan, policies: { ...more, soap: left } };
    return { id: newId(), method, path, upstreamId: target.id, upstreamPath: null, ...own };
  };
  const one = { operation: 'GetQuote', result: '/GetQuoteResult' };
  const shop = api(pub, 'shop', {
    kind: 'rest',
    routes: [
      made('GET', '/quotes/{symbol}', { ...one, statuses: { UnknownSymbol: 404 } }),
      made('GET', '/kept/{symbol}', one, { cache: { defaultTtlSeconds: 60 } }),
      made('GET', '/modern/{symbol}', { ...one, port: 'QuotesSoap12', statuses: { Missing: 404 } }),
      made('GET', '/small/{symbol}', { ...one, maxAnswerKb: 1 }),
      made('POST', '/quotes', { operation: 'GetQuotes' }),
      made('POST', '/orders', { wsdl: JAVA_WSDL, operation: 'placeOrder', result: '/order' }),
      made('GET', '/sum/{a}/{b}', { wsdl: rpcWsdl('literal'), operation: 'add', result: '/return' }),
      {
        id: newId(),
        method: 'GET',
        path: '/planless',
        upstreamId: target.id,
        upstreamPath: null,
        policies: { soap: {} },
      },
    ],
  });
  const key = apiKey();
  secret = key.secret;
  base = `${world.url}/${pub.doc.slug}/shop/v1`;
  await publishTenant(world.redis, pub.doc);
  await publishApplication(world.redis, application([subscription(pub, shop)], [key.entry]));
});
beforeEach(() => {
  service.received.length = 0;
  answer(envelope(GOOD));
});
afterAll(async () => {
  await world.close();
  await service.close();
});

function answer(text: string | Buffer, status = 200, headers: Record<string, string> = {}): void {
  service.behave((_, response) => {
    response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8', ...headers });
    response.end(text);
  });
}
const call = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(base + path, { ...init, headers: { 'x-api-key': secret, ...(init.headers as Record<string, string>) } });
const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  call(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

/** The element that the service received in the body of an envelope, read anew. */
function sent(): XmlNode {
  const root = readNodes(service.received.at(-1)?.body.toString() ?? '');
  const [content] = root.children[0]?.children ?? [];
  if (!content) throw new Error('an empty envelope');
  return content;
}
const textOf = (element: XmlNode, name: string): string | undefined =>
  element.children.find((one) => one.name === name)?.text;

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly errors?: { pointer: string; message: string }[];
}
async function problemOf(response: Response): Promise<Required<Problem>> {
  const { code, title, errors = [] } = (await response.json()) as Problem;
  return { status: response.status, code, title, errors };
}

describe('an operation as an endpoint', () => {
  it('sends the envelope that its WSDL asks for, and answers JSON by its types', async () => {
    const response = await call('/quotes/a%26b?days=3');
    expect([response.status, response.headers.get('content-type'), await response.json()]).toEqual([
      200,
      'application/json',
      { Symbol: 'A&B', Price: 1.25, Volume: 10, Open: true },
    ]);
    expect(service.received[0]).toMatchObject({ method: 'POST', url: '/ws' });
    expect(service.received[0]?.headers).toMatchObject({
      'content-type': 'text/xml; charset=utf-8',
      soapaction: '"http://tempuri.org/GetQuote"',
      'x-backend-key': UPSTREAM_SECRET,
    });
    expect(sent()).toMatchObject({ namespace: 'http://tempuri.org/', name: 'GetQuote' });
    expect([textOf(sent(), 'symbol'), textOf(sent(), 'days')]).toEqual(['a&b', '3']);
  });

  it('speaks SOAP 1.2 where the port does', async () => {
    answer(envelope(GOOD, SOAP12), 200, { 'content-type': 'application/soap+xml; charset=utf-8' });
    expect((await call('/modern/x')).status).toBe(200);
    expect(service.received[0]?.headers).toMatchObject({
      'content-type': 'application/soap+xml; charset=utf-8; action="http://tempuri.org/GetQuote"',
    });
    expect(service.received[0]?.headers).not.toHaveProperty('soapaction');
    expect(service.received[0]?.body.toString()).toContain(SOAP12);
  });

  it('takes a JSON body and gives a JSON body', async () => {
    const order = {
      customer: { '@xsi:type': 'Person', name: 'Ann', born: '1990' },
      line: [{ sku: 's', price: { '@currency': 'EUR', '#text': 1.5 } }],
    };
    service.behave((received, response) => {
      const inner = /<n0:placeOrder>(.*)<\/n0:placeOrder>/.exec(received.body.toString())?.[1] ?? '';
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.end(
        `<s:Envelope xmlns:s="${SOAP11}" xmlns:n0="http://shop.example/ws" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
          `<s:Body><n0:placeOrderResponse><order>${inner}</order></n0:placeOrderResponse></s:Body></s:Envelope>`,
      );
    });
    const response = await post('/orders', JSON.stringify(order));
    expect(await response.json()).toEqual({ ...order, key: [], value: [] });
  });

  it('calls rpc services', async () => {
    answer(envelope('<m:addResponse xmlns:m="urn:calc"><return>5</return></m:addResponse>'));
    expect(await (await call('/sum/2/3')).json()).toBe(5);
    expect(sent()).toMatchObject({ namespace: 'urn:calc', name: 'add' });
  });

  it('reads other encodings', async () => {
    const text = envelope(quote('<Symbol>é</Symbol><Volume>1</Volume>')).replace('utf-8', 'ISO-8859-1');
    answer(Buffer.from(text, 'latin1'), 200, { 'content-type': 'text/xml' });
    expect(await (await call('/quotes/x')).json()).toEqual({ Symbol: 'é', Volume: 1 });
  });

  it('is cached like any other; faults are not', async () => {
    for (const path of ['/kept/a', '/kept/a']) expect((await call(path)).status).toBe(200);
    expect(service.received).toHaveLength(1);
    answer(envelope('<s:Fault><faultcode>s:Server</faultcode><faultstring>no</faultstring></s:Fault>'), 500);
    for (const path of ['/kept/b', '/kept/b']) expect((await call(path)).status).toBe(502);
    expect(service.received).toHaveLength(3);
  });
});

describe('input', () => {
  it('that does not fit is refused by field, and nothing is sent', async () => {
    const fromQuery = await problemOf(await call('/quotes/x?days=many'));
    expect(fromQuery).toMatchObject({ status: 400, code: 'invalid_variable', errors: [{ pointer: '/query/days' }] });
    const fromBody = await problemOf(await post('/quotes', '{"symbols":{"string":[1]},"market":"NYSE","x":1}'));
    expect(fromBody.errors.map(({ pointer }) => pointer)).toEqual(['/body/symbols/string/0', '/body/at', '/body/x']);
    expect(await problemOf(await post('/quotes', '[]'))).toMatchObject({ errors: [{ pointer: '/body' }] });
    expect(await problemOf(await post('/quotes', '{'))).toMatchObject({ code: 'malformed_json' });
    expect(await problemOf(await post('/quotes', '<a/>', { 'content-type': 'text/xml' }))).toMatchObject({
      status: 415,
    });
    const own = await problemOf(await post('/quotes', '{"at":"x","market":"NYSE","__proto__":{"at":1}}'));
    expect(own.errors).toMatchObject([{ pointer: '/body/__proto__' }]);
    expect((await call('/quotes/%00')).status).toBe(400);
    expect((await call('/quotes/%ff')).status).toBe(400);
    expect(service.received).toHaveLength(0);
  });

  it('is only ever text, whatever it looks like', async () => {
    const hostile = ']]></n0:symbol><n0:days>1</n0:days><!--&x;<?a?><![CDATA[ "\' \r\n\t é😀';
    expect((await call(`/quotes/${encodeURIComponent(hostile)}`)).status).toBe(200);
    expect(sent().children.map(({ name }) => name)).toEqual(['symbol']);
    expect(textOf(sent(), 'symbol')).toBe(hostile);
  });
});

describe('faults', () => {
  const fault = (code: string, detail = '') =>
    `<s:Fault><faultcode>s:${code}</faultcode><faultstring>Says ${code}</faultstring>${detail && `<detail>${detail}</detail>`}</s:Fault>`;

  it('of the caller are 400 with the service’s words, of the service 502 without', async () => {
    answer(envelope(fault('Client.BadSymbol')), 500);
    expect(await problemOf(await call('/quotes/x'))).toMatchObject({
      status: 400,
      code: 'service_fault',
      title: 'Says Client.BadSymbol',
      errors: [{ pointer: '/faultcode', message: 'Client.BadSymbol' }],
    });
    answer(envelope(fault('Server')), 500);
    const own = await call('/quotes/x');
    expect([own.status, (await own.text()).includes('Says')]).toEqual([502, false]);
    answer(envelope(fault('InvalidSecurity')), 500);
    expect(await problemOf(await call('/quotes/x'))).toMatchObject({ status: 502, code: 'upstream_credentials' });
  });

  it('have the status that the policy gives to their detail, subcode or code', async () => {
    answer(envelope(fault('Server', '<q:UnknownSymbol xmlns:q="urn:q"/>')), 500);
    expect(await problemOf(await call('/quotes/x'))).toMatchObject({ status: 404, title: 'Says Server' });
    const modern =
      `<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>q:Missing</s:Value></s:Subcode></s:Code>
      <s:Reason><s:Text xml:lang="en">None</s:Text></s:Reason></s:Fault>`.replace('q:Missing', 's:Missing');
    answer(envelope(modern, SOAP12), 400, { 'content-type': 'application/soap+xml' });
    expect(await problemOf(await call('/modern/x'))).toMatchObject({
      status: 404,
      title: 'None',
      errors: [{ message: 'Sender / Missing' }],
    });
    answer(envelope(fault('constructor')), 500);
    expect((await call('/quotes/x')).status).toBe(502);
  });
});

describe('answers that are no good', () => {
  const deep = envelope(quote(`${'<a>'.repeat(50_000)}${'</a>'.repeat(50_000)}`));
  const xxe = `<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]>${envelope(quote('<Symbol>&x;</Symbol>')).slice(38)}`;
  const bomb = `<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>${envelope(quote('<Symbol>&b;</Symbol>')).slice(38)}`;
  it.each<[string, string, number, Record<string, string>, string]>([
    ['HTML', '<html>', 200, { 'content-type': 'text/html' }, 'answer_unreadable'],
    ['broken XML', envelope('<a>'), 200, {}, 'answer_unreadable'],
    ['another envelope', envelope(GOOD, 'urn:no'), 200, {}, 'answer_unreadable'],
    ['another element', envelope('<Other/>'), 200, {}, 'answer_unreadable'],
    ['an empty body', envelope(''), 200, {}, 'answer_unreadable'],
    ['an external entity', xxe, 200, {}, 'answer_unreadable'],
    ['entities that grow', bomb, 200, {}, 'answer_unreadable'],
    ['depth without end', deep, 200, {}, 'answer_unreadable'],
    ['attachments', 'x', 200, { 'content-type': 'multipart/related; type="application/xop+xml"' }, 'answer_unreadable'],
    ['compressed bytes', 'x', 200, { 'content-encoding': 'gzip' }, 'answer_unreadable'],
    ['an error page', '<h1>x</h1>', 500, { 'content-type': 'text/html' }, 'upstream_invalid'],
    ['a refused credential', 'no', 401, { 'content-type': 'text/plain' }, 'upstream_credentials'],
    ['too much', envelope(quote(`<Symbol>${'x'.repeat(1_100_000)}</Symbol>`)), 200, {}, 'answer_too_large'],
  ])('%s', async (_, text, status, headers, code) => {
    answer(text, status, headers);
    const problem = await problemOf(await call('/quotes/x'));
    expect(problem).toMatchObject({ status: 502, code });
  });

  it('names of an answer that mean something to JavaScript mean nothing here', async () => {
    answer(envelope(quote('<__proto__><a>1</a></__proto__><constructor>2</constructor>')));
    expect(await (await call('/quotes/x')).text()).toBe('{"__proto__":{"a":"1"},"constructor":"2"}');
  });
});

it('without a plan that this release can read, nothing is served', async () => {
  expect(await problemOf(await call('/planless'))).toMatchObject({ status: 503, code: 'policy_unsupported' });
  expect(service.received).toHaveLength(0);
});
