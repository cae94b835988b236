import { type SoapPolicy, soapPolicy } from '@parley/contracts/policies/soap';
import { DOTNET_WSDL, JAVA_WSDL, rpcWsdl } from '@parley/testkit/wsdl-samples';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../graphql/input-types.ts';
import { readNodes } from '../xml/read-nodes.ts';
import { type CompiledSoap, compileSoap } from './compile.ts';
import { readElement } from './read-value.ts';
import { writeElement } from './write-value.ts';

const POST = { method: 'POST', path: '/quotes' };
const parse = (given: object): SoapPolicy => soapPolicy.parse(given);
function compiled(given: object, route = POST): CompiledSoap {
  const out = compileSoap(parse(given), route);
  if (!('plan' in out)) throw new Error(JSON.stringify(out));
  return out;
}
const issueOf = (given: object, route = POST): string => {
  const out = compileSoap(parse(given), route);
  return 'plan' in out ? 'none' : out.map(({ path, message }) => `${path}: ${message}`).join('\n');
};
function written({ plan }: CompiledSoap, value: unknown): string | Problem[] {
  const problems: Problem[] = [];
  const text = writeElement(plan, plan.input, value, problems);
  return problems.length > 0 ? problems : text;
}
const NS =
  '<e xmlns:n0="http://shop.example/ws" xmlns:n1="http://shop.example/common" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">';

describe('a document/literal operation', () => {
  const quotes = compiled({ wsdl: DOTNET_WSDL, operation: 'GetQuotes' });

  it('is written in the order and namespaces of its schema, whatever the order of the JSON', () => {
    expect(quotes.plan).toMatchObject({
      version: '1.1',
      action: 'http://tempuri.org/GetQuotes',
      namespaces: ['http://tempuri.org/'],
    });
    expect(
      written(quotes, { market: 'NYSE', at: '2026-01-01T00:00:00Z', symbols: { string: ['A&B', '<x>', null] } }),
    ).toBe(
      '<n0:GetQuotes><n0:symbols><n0:string>A&amp;B</n0:string><n0:string>&lt;x&gt;</n0:string><n0:string xsi:nil="true"/></n0:symbols>' +
        '<n0:at>2026-01-01T00:00:00Z</n0:at><n0:market>NYSE</n0:market></n0:GetQuotes>',
    );
    expect(compiled({ wsdl: DOTNET_WSDL, operation: 'GetQuotes', port: 'QuotesSoap12' }).plan.version).toBe('1.2');
  });

  it('names what does not fit by its place', () => {
    expect(written(quotes, { market: 'LSE', symbols: { string: [1] }, more: 1 })).toEqual([
      { pointer: '/symbols/string/0', message: 'It must be a text.' },
      { pointer: '/at', message: 'It is missing.' },
      { pointer: '/market', message: 'It must be one of NYSE, XETRA.' },
      { pointer: '/more', message: 'There is no such field.' },
    ]);
    expect(written(quotes, JSON.parse('{"market":"NYSE","at":"x","__proto__":{"a":1}}'))).toMatchObject([
      { pointer: '/__proto__' },
    ]);
    expect(written(quotes, { market: 'NYSE', at: '\u0000' })).toMatchObject([{ pointer: '/at' }]);
    expect(written(quotes, [])).toEqual([{ pointer: '', message: 'It must be an object.' }]);
  });

  it('is read with the types of its schema', () => {
    const answer = readNodes(
      `<GetQuotesResponse xmlns="http://tempuri.org/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><GetQuotesResult>
        <Quote><Symbol>A</Symbol><Price>1.50</Price><Volume>9007199254740993</Volume><Open>1</Open></Quote>
        <Quote><Price xsi:nil="true"/><Volume>7</Volume><Open>false</Open><New>x</New></Quote>
        <Quote xsi:nil="true"/></GetQuotesResult></GetQuotesResponse>`,
    );
    expect(readElement(quotes.plan, quotes.plan.output!, answer)).toEqual({
      GetQuotesResult: {
        Quote: [
          { Symbol: 'A', Price: 1.5, Volume: '9007199254740993', Open: true },
          { Price: null, Volume: 7, Open: false, New: 'x' },
          null,
        ],
      },
    });
    expect(readElement(quotes.plan, quotes.plan.output!, readNodes('<a><GetQuotesResult/></a>'))).toEqual({
      GetQuotesResult: { Quote: [] },
    });
  });

  it('is described by its types', () => {
    const { shape } = compiled({ wsdl: DOTNET_WSDL, operation: 'GetQuotes', result: '/GetQuotesResult/Quote' });
    expect(shape.summary).toBe('Prices of several stocks');
    expect(shape.body).toMatchObject({
      required: true,
      schema: {
        required: ['at', 'market'],
        properties: {
          symbols: { properties: { string: { type: 'array', items: { type: ['string', 'null'] } } } },
          at: { type: 'string', format: 'date-time' },
          market: { type: 'string', enum: ['NYSE', 'XETRA'] },
        },
      },
    });
    expect(shape.answer).toMatchObject({
      type: 'array',
      items: {
        required: ['Price', 'Volume', 'Open'],
        properties: { Price: { type: ['number', 'null'] }, Volume: { type: 'integer' } },
      },
    });
  });

  it('takes input from path and query by name, or as it is told', () => {
    const route = { method: 'GET', path: '/quotes/{symbol}' };
    const { plan, shape } = compiled({ wsdl: DOTNET_WSDL, operation: 'GetQuote' }, route);
    expect(plan.inputs).toEqual([
      { name: '/symbol', from: 'path', at: 'symbol' },
      { name: '/days', from: 'query', at: 'days' },
    ]);
    expect(shape.parameters).toEqual([
      { in: 'path', name: 'symbol', required: true, schema: { type: 'string' } },
      { in: 'query', name: 'days', required: false, schema: { type: 'integer', format: 'int32' } },
    ]);
    const inputs = [
      { name: 'symbol', from: 'header', at: 'X-Symbol' },
      { name: '/', from: 'body' },
    ];
    const mixed = compiled({ wsdl: DOTNET_WSDL, operation: 'GetQuote', inputs });
    expect(mixed.plan.inputs.map(({ name, at }) => [name, at])).toEqual([
      ['', ''],
      ['/symbol', 'x-symbol'],
    ]);
    expect(mixed.shape.body?.schema).toEqual({
      type: 'object',
      properties: { days: { type: 'integer', format: 'int32' } },
    });
    expect(issueOf({ wsdl: DOTNET_WSDL, operation: 'GetQuote', inputs: [{ name: 'no', from: 'query' }] })).toContain(
      'inputs.0.name',
    );
    expect(issueOf({ wsdl: JAVA_WSDL, operation: 'placeOrder' }, { method: 'GET', path: '/x' })).toContain('customer');
  });
});

describe('the rest of XML Schema', () => {
  const order = compiled({ wsdl: JAVA_WSDL, operation: 'placeOrder' });
  const least = {
    customer: { '@xsi:type': 'Firm', name: 'F', vat: '1' },
    line: [{ sku: 's', price: { '@currency': 'EUR', '#text': 1.5 } }],
  };
  const FIRM = '<customer xsi:type="n0:Firm"><name>F</name><vat>1</vat></customer>';
  const LINE = '<line><sku>s</sku><price currency="EUR">1.5</price></line>';

  it('is written: extensions, attributes, groups, choices, lists, repeated sequences', () => {
    const value = {
      ...least,
      '@id': 7,
      '@urgent': true,
      '@lang': 'de',
      iban: 'DE1',
      key: ['a', 'b'],
      value: [1, 2],
      note: 'n',
      codes: [1, 2],
      parent: least,
    };
    expect(written(order, value)).toBe(
      `<n0:placeOrder id="7" n1:lang="de" urgent="true">${FIRM}${LINE}<iban>DE1</iban><key>a</key><value>1</value><key>b</key><value>2</value>` +
        `<n1:note>n</n1:note><codes>1 2</codes><parent>${FIRM}${LINE}</parent></n0:placeOrder>`,
    );
  });

  it.each([
    ['an abstract type', { customer: { name: 'x' } }, '/customer/@xsi:type'],
    ['two branches of a choice', { card: '1', iban: '2' }, '/iban'],
    ['half a repeated sequence', { key: ['a', 'b'], value: [1] }, '/value'],
    ['no item of a list that needs one', { line: [] }, '/line'],
    ['a missing attribute', { line: { sku: 's', price: { '#text': 1 } } }, '/line/price/@currency'],
    ['text for a number', { line: { sku: 's', price: { '@currency': 'EUR', '#text': '1,5' } } }, '/line/price'],
    ['two of what is there once', { note: ['a', 'b'] }, '/note'],
  ])('names %s', (_, more, pointer) => {
    const problems = written(order, { ...least, ...more }) as Problem[];
    expect(problems.map((one) => one.pointer)).toContain(pointer);
  });

  it('is read back as it was written', () => {
    const value = {
      ...least,
      '@id': 7,
      '@lang': 'de',
      '@urgent': true,
      iban: 'DE1',
      key: ['a'],
      value: [1],
      note: 'n',
      codes: [1, 2],
    };
    const xml = `${NS}<order>${(written(order, value) as string).replaceAll(/<\/?n0:placeOrder[^>]*>/g, '')}</order></e>`;
    const read = readElement(order.plan, order.plan.output!, readNodes(xml)) as { order: object };
    const { '@id': _, '@lang': __, '@urgent': ___, ...elements } = value;
    expect(read.order).toEqual(elements);
  });
});

it('types that hold one another are described as far as anybody reads', () => {
  const fields = Array.from(
    { length: 40 },
    (_, at) => `<xs:element name="f${at}" type="tns:Order" minOccurs="0"/>`,
  ).join('');
  const wsdl = JAVA_WSDL.replace('<xs:element name="parent"', `${fields}<xs:element name="parent"`);
  const { shape } = compiled({ wsdl, operation: 'placeOrder' });
  expect(JSON.stringify(shape).length).toBeLessThan(1_000_000);
});

it('rpc/literal is wrapped in the operation, its parts unqualified', () => {
  const add = compiled({ wsdl: rpcWsdl('literal'), operation: 'add' });
  expect(written(add, { b: 2, a: '1' })).toBe('<n0:add><a>1</a><b>2</b></n0:add>');
  expect(
    readElement(
      add.plan,
      add.plan.output!,
      readNodes('<x:addResponse xmlns:x="urn:calc"><return>3</return></x:addResponse>'),
    ),
  ).toEqual({ return: 3 });
});

describe('a document that is refused', () => {
  const inTypes = (text: string) => DOTNET_WSDL.replace('<wsdl:types>', `<wsdl:types>${text}`);
  it.each([
    ['SOAP encoding', rpcWsdl('encoded'), 'add', 'operation: Messages in SOAP encoding'],
    ['a document type', `<!DOCTYPE x [<!ENTITY a "b">]>${DOTNET_WSDL.slice(38)}`, 'GetQuote', 'wsdl: Line'],
    ['another kind of document', '<html/>', 'GetQuote', 'wsdl: This is no WSDL 1.1'],
    [
      'an import of WSDL',
      DOTNET_WSDL.replace(
        '<wsdl:types>',
        '<wsdl:import namespace="a" location="http://169.254.169.254/"/><wsdl:types>',
      ),
      'GetQuote',
      'imports another file',
    ],
    [
      'an import of types',
      inTypes('<s:schema><s:import namespace="urn:x" schemaLocation="x.xsd"/></s:schema>'),
      'GetQuote',
      '“urn:x” from another file',
    ],
    [
      'an include',
      inTypes('<s:schema><s:include schemaLocation="x.xsd"/></s:schema>'),
      'GetQuote',
      'include another file',
    ],
    [
      'an operation that is not there',
      DOTNET_WSDL,
      'No',
      'operation: It has no operation “No”; it has GetQuotes, GetQuote.',
    ],
    [
      'a type that is not there',
      DOTNET_WSDL.replace('name="Quote"', 'name="Other"')
        .replace('name="Quote"', 'name="Quote2"')
        .replace('<s:complexType name="Quote">', '<s:complexType name="Q">'),
      'GetQuote',
      'no complexType Quote',
    ],
    [
      'a type that extends itself',
      JAVA_WSDL.replace(
        '<xs:complexType name="Party" abstract="true"><xs:sequence><xs:element name="name" type="xs:string"/></xs:sequence></xs:complexType>',
        '<xs:complexType name="Party"><xs:complexContent><xs:extension base="tns:Party"/></xs:complexContent></xs:complexType>',
      ),
      'placeOrder',
      'lead to themselves',
    ],
    [
      'an action for another header',
      DOTNET_WSDL.replaceAll('http://tempuri.org/GetQuote"', 'a&#13;&#10;x-evil: 1"'),
      'GetQuote',
      'SOAP action',
    ],
  ])('for %s', (_, wsdl, operation, words) => {
    expect(issueOf({ wsdl, operation })).toContain(words);
  });

  it('for groups that double at every level, in no time', () => {
    const groups = Array.from(
      { length: 60 },
      (_, at) =>
        `<xs:group name="G${at}"><xs:sequence><xs:group ref="tns:G${at + 1}"/><xs:group ref="tns:G${at + 1}"/></xs:sequence></xs:group>`,
    );
    const last = '<xs:group name="G60"><xs:sequence><xs:element name="x" type="xs:int"/></xs:sequence></xs:group>';
    const wsdl = JAVA_WSDL.replace(
      '<xs:group name="Extras"><xs:sequence>',
      `${groups.join('')}${last}<xs:group name="Extras"><xs:sequence><xs:group ref="tns:G0"/>`,
    );
    expect(issueOf({ wsdl, operation: 'placeOrder' })).toContain('more than 20000 parts');
  });

  it('names what is missing in the policy', () => {
    expect(issueOf({ operation: 'x' })).toContain('wsdl:');
    expect(issueOf({ wsdl: DOTNET_WSDL })).toContain('operation:');
    expect(issueOf({ wsdl: DOTNET_WSDL, operation: 'GetQuote', port: 'No' })).toContain(
      'it has QuotesSoap, QuotesSoap12',
    );
    expect(issueOf({ wsdl: DOTNET_WSDL, operation: 'GetQuote', result: '/No' })).toContain('result:');
  });
});
