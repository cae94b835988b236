import { describe, expect, it } from 'vitest';
import { readYaml, writeYaml } from './yaml-part.ts';

describe('a part of a declaration as YAML', () => {
  it('read back as they were written', () => {
    const policies = { ipAccess: { allow: ['192.0.2.0/24', '2001:db8::/32'], deny: [] } };
    const read = readYaml('policies', writeYaml('policies', policies));
    expect('value' in read && read.value).toEqual(policies);
    const none = readYaml('policies', writeYaml('policies', {}));
    expect('value' in none && none.value).toEqual({});
    const empty = readYaml('policies', 'policies:\n');
    expect('value' in empty && empty.value).toEqual({});
  });

  it('name the line of what is no YAML', () => {
    const read = readYaml('policies', 'policies:\n  ipAccess:\n    allow: [1, 2\n');
    expect('problems' in read && read.problems[0]?.line).toBeGreaterThanOrEqual(3);
  });

  it('want the one key that files have', () => {
    for (const text of ['', 'ipAccess: {}', '- a', 'policies: {}\nroutes: []']) {
      expect('problems' in readYaml('policies', text), text).toBe(true);
    }
    expect('problems' in readYaml('policies', 'policies: 5')).toBe(true);
    expect('problems' in readYaml('options', 'policies: {}')).toBe(true);
  });

  it('find the line of what the server objects to, or of the part around it', () => {
    const read = readYaml(
      'policies',
      'policies:\n  ipAccess:\n    deny: []\n    allow:\n      - 192.0.2.1\n      - nonsense\n',
    );
    if (!('lineOf' in read)) throw new Error('it is good YAML');
    expect(read.lineOf(['ipAccess', 'allow', '1'])).toBe(6);
    expect(read.lineOf(['ipAccess', 'allow'])).toBe(4);
    expect(read.lineOf(['ipAccess', 'alow'])).toBe(2);
    expect(read.lineOf([])).toBe(1);
  });
});
