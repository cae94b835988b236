import type { Rule } from '../rule.ts';
import { ENV_READERS, isTestFile } from '../table.ts';

/** The environment is parsed once, in packages/env. */
export const environment: Rule = (project) =>
  [...project.files.values()].flatMap((file) => {
    if (isTestFile(file.path)) return [];
    const readers = ENV_READERS.filter((reader) => reader.match.test(file.path));
    return file.envReads
      .filter(({ key }) => !readers.some((one) => one.keys === undefined || (key !== null && one.keys.includes(key))))
      .map(({ line, key }) => ({
        rule: 'environment',
        from: `${file.path}:${line}`,
        to: key === null ? 'process.env' : `process.env.${key}`,
        fix: 'Add the variable to a fragment in packages/env and take the parsed value as an argument.',
      }));
  });
