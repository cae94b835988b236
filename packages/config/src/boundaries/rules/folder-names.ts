import type { Rule } from '../rule.ts';
import { EMPTY_NAMES } from '../table.ts';

/** A folder is named after what lives in it. */
export const folderNames: Rule = (project) => {
  const folders = new Set<string>();
  for (const path of project.files.keys()) {
    const parts = path.split('/');
    parts.slice(0, -1).forEach((name, depth) => {
      if (EMPTY_NAMES.has(name)) folders.add(parts.slice(0, depth + 1).join('/'));
    });
  }
  return [...folders].map((folder) => ({
    rule: 'folder-name',
    from: folder,
    to: folder.split('/').at(-1) ?? '',
    fix: 'Name the folder after what lives in it.',
  }));
};
