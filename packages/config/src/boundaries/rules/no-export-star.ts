import type { Rule } from '../rule.ts';

/** `export *` hides where a name comes from and pulls in everything. */
export const noExportStar: Rule = (project) =>
  [...project.files.values()].flatMap((file) =>
    file.exportStars.map((line) => ({
      rule: 'export-star',
      from: `${file.path}:${line}`,
      to: 'export *',
      fix: 'Name each export, or let callers import the file itself by its subpath.',
    })),
  );
