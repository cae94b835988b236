import { fileOf, reach } from '../graph.ts';
import type { Edge, Project } from '../project.ts';
import type { Rule, Violation } from '../rule.ts';
import { isTestFile, ROOMS, roomOf } from '../table.ts';

/** A room with `neverReach` does not get to those rooms and packages by any chain of imports, types included. */
export const neverReach: Rule = (project) =>
  Object.entries(ROOMS).flatMap(([name, room]) =>
    room.neverReach === undefined ? [] : walk(project, name, new Set(room.neverReach)),
  );

function walk(project: Project, name: string, forbidden: ReadonlySet<string>): readonly Violation[] {
  const roots = [...project.files.keys()].filter((path) => roomOf(path) === name && !isTestFile(path));
  const found: Violation[] = [];
  for (const [path, chain] of reach(project, roots)) {
    if (forbidden.has(roomOf(path) ?? '') && path !== chain[0]) continue;
    for (const edge of project.files.get(path)?.edges ?? []) {
      const hit = forbiddenName(edge, forbidden);
      if (hit === undefined) continue;
      const steps = [...chain.slice(1), edge.specifier].join(' → ');
      found.push({
        rule: 'never-reach',
        from: `${chain[0]}`,
        to: steps,
        fix: `${name} must never reach ${hit}, not even through others: cut the chain at ${path}:${edge.line}.`,
      });
    }
  }
  return found;
}

function forbiddenName(edge: Edge, forbidden: ReadonlySet<string>): string | undefined {
  if (edge.target.kind === 'package') {
    const { name } = edge.target;
    return [name, name.split('/')[0] ?? name].find((one) => forbidden.has(one));
  }
  const room = edge.target.kind === 'room' ? edge.target.room : roomOf(fileOf(edge) ?? '');
  return room !== undefined && forbidden.has(room) ? room : undefined;
}
