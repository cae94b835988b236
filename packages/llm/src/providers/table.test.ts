import { PROVIDER_FORMATS } from '@parley/contracts/provider-format';
import { describe, expect, it } from 'vitest';
import { catalogueProvider, PROVIDER_TABLE, presetBaseUrl, presetById, quirksOf } from './table.ts';

describe('the provider table', () => {
  it('has every format and more than 40 OpenAI-compatible providers', () => {
    expect(new Set(PROVIDER_TABLE.map(({ format }) => format))).toEqual(new Set(PROVIDER_FORMATS));
    expect(PROVIDER_TABLE.filter(({ format }) => format === 'openai_chat').length).toBeGreaterThan(40);
  });

  it('names each once, with an address that is one and a page to read', () => {
    const ids = PROVIDER_TABLE.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, name, baseUrl, docsUrl } of PROVIDER_TABLE) {
      expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(name.trim(), id).toBe(name);
      expect(baseUrl.endsWith('/'), id).toBe(false);
      const url = new URL(baseUrl.replaceAll(/\{\w+\}/g, 'x'));
      expect(url.protocol === 'https:' || url.hostname === '127.0.0.1', id).toBe(true);
      expect(new URL(docsUrl).protocol, id).toBe('https:');
    }
  });

  it('asks for every setting that is in an address', () => {
    for (const { id, baseUrl, needs = [] } of PROVIDER_TABLE) {
      const named = [...baseUrl.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(
        named.filter((name) => !needs.some((need) => need === name)),
        id,
      ).toEqual([]);
    }
  });

  it('lets a row sell only what another row sells', () => {
    const others = PROVIDER_TABLE.flatMap(({ sellsAs }) => sellsAs ?? []);
    expect(others.map((id) => presetById(id)?.sellsAs)).toEqual(others.map(() => undefined));
    expect(others.every((id) => presetById(id) !== null)).toBe(true);
    expect(catalogueProvider('openai-responses')).toBe('openai');
    expect(catalogueProvider('groq')).toBe('groq');
    expect(catalogueProvider(null)).toBeNull();
  });

  it('says where each quirk was read', () => {
    for (const { id, quirks, evidence = [] } of PROVIDER_TABLE) {
      expect(quirks === undefined || evidence.length > 0, id).toBe(true);
      expect(quirks === undefined || Object.keys(quirks).length > 0, id).toBe(true);
    }
  });
});

describe('presetBaseUrl', () => {
  const preset = (id: string) => {
    const found = presetById(id);
    if (!found) throw new Error(`no preset ${id}`);
    return found;
  };

  it('fills settings in, or names what is missing', () => {
    expect(presetBaseUrl(preset('bedrock'), { region: 'eu-central-1' })).toEqual({
      url: 'https://bedrock-runtime.eu-central-1.amazonaws.com',
    });
    expect(presetBaseUrl(preset('vertex'), { project: 'p', region: 'global' })).toEqual({
      url: 'https://aiplatform.googleapis.com/v1',
    });
    expect(presetBaseUrl(preset('vertex'), {})).toEqual({ missing: ['project', 'region'] });
    expect(presetBaseUrl(preset('groq'), {})).toEqual({ url: 'https://api.groq.com/openai/v1' });
  });

  it.each(['evil.example/', 'a@evil.example', 'x#', 'x?y', '../x'])(
    'takes no setting that would lead elsewhere: %s',
    (account) => {
      expect(() => presetBaseUrl(preset('azure'), { account })).toThrow();
    },
  );

  it('knows quirks by preset only', () => {
    expect(quirksOf('mistral')).toMatchObject({ maxTokensField: 'max_tokens', streamOptions: false });
    expect(quirksOf('my-own')).toEqual({});
    expect(quirksOf(null)).toEqual({});
  });
});
