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
  - slug: pets
    name: Pets
    kind: rest
    versions:
      - version: v1
        policies: { graphql: { schema: { file: ./schema.graphql } } }
        routes:
          - { method: GET, path: /pets, upstream: shop, policies: { graphql: { document: { file: pets.graphql } } } }
`;

it('puts the text of the files that policies name in their place, ${…} untouched', async () => {
  writeFileSync(join(folder, 'parley.yaml'), DECLARATION);
  writeFileSync(join(folder, 'schema.graphql'), 'type Query { pets: [String] } # ${NOT_OURS}\n');
  writeFileSync(join(folder, 'pets.graphql'), 'query Pets {\n  pets\n}\n');
  const { apis } = await readDeclarations([join(folder, 'parley.yaml')], {});
  const [version] = apis[0]?.versions ?? [];
  expect(version?.policies?.graphql?.schema).toBe('type Query { pets: [String] } # ${NOT_OURS}\n');
  expect(version?.routes?.[0]?.policies?.graphql?.document).toBe('query Pets {\n  pets\n}\n');
});

it('names the file that cannot be read, and the line of one that stands where none can', async () => {
  writeFileSync(join(folder, 'gone.yaml'), DECLARATION.replace('pets.graphql', 'nowhere.graphql'));
  await expect(readDeclarations([join(folder, 'gone.yaml')], {})).rejects.toThrow('nowhere.graphql');
  writeFileSync(join(folder, 'odd.yaml'), DECLARATION.replace('name: Pets', 'name: { file: pets.graphql }'));
  await expect(readDeclarations([join(folder, 'odd.yaml')], {})).rejects.toThrow('odd.yaml:5');
});
