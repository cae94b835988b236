import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readDeclarations } from './read-declaration.ts';

test('joins every list of several files: shared texts were left behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'declarations-'));
  try {
    const [one, two] = [join(folder, 'one.yaml'), join(folder, 'two.yaml')];
    await writeFile(one, 'parley: 1\ntenant: acme\npromptPartials: [{ slug: tone, text: Be kind. }]\n');
    await writeFile(
      two,
      'parley: 1\npromptPartials: [{ slug: style, text: Be brief. }]\napplications: [{ slug: a, name: A }]\n',
    );
    const joined = await readDeclarations([one, two], {});
    expect(joined.tenant).toBe('acme');
    expect(joined.promptPartials.map(({ slug }) => slug)).toEqual(['tone', 'style']);
    expect(joined.applications.map(({ slug }) => slug)).toEqual(['a']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
