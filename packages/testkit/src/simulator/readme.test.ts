import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FAULTS } from './faults.ts';

test('the table in the README is the table in the code', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8').replace(/ +/g, ' ');
  for (const [name, fault] of Object.entries(FAULTS)) {
    const takes = 'takes' in fault ? `\`${fault.takes.name}=${fault.takes.initially}\`` : '';
    expect(readme).toContain(`| \`${name}\` | ${takes} | ${fault.does} |`.replace(/ +/g, ' '));
  }
});
