import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readDeclarations } from './read-declaration.ts';

const folder = mkdtempSync(join(tmpdir(), 'parley-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const DECLARATION = `
parley: 1
apis:
  - { slug: pets, name: Pets, kind: rest, versions: [{ version: v1, openapi: pets.yaml, upstream: shop }] }
`;

it('puts the OpenAPI file that a declaration names in its place, found beside the declaration, its ${…} untouched', async () => {
  writeFileSync(join(folder, 'parley.yaml'), DECLARATION);
  writeFileSync(join(folder, 'pets.yaml'), 'openapi: 3.1.0\npaths: { /pets: { get: { summary: "${NOT_OURS}" } } }\n');
  const { apis } = await readDeclarations([join(folder, 'parley.yaml')], {});
  expect(apis[0]?.versions[0]?.openapi).toEqual({
    openapi: '3.1.0',
    paths: { '/pets': { get: { summary: '${NOT_OURS}' } } },
  });
});

it('names the file that is missing or cannot be read', async () => {
  writeFileSync(join(folder, 'gone.yaml'), DECLARATION.replace('pets.yaml', 'nowhere.json'));
  await expect(readDeclarations([join(folder, 'gone.yaml')], {})).rejects.toThrow('nowhere.json');
  writeFileSync(join(folder, 'broken.json'), '{"openapi": [');
  writeFileSync(join(folder, 'broken.yaml'), DECLARATION.replace('pets.yaml', 'broken.json'));
  await expect(readDeclarations([join(folder, 'broken.yaml')], {})).rejects.toThrow('neither JSON nor YAML');
});
