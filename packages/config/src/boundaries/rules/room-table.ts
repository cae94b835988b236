import type { Edge, SourceFile } from '../project.ts';
import type { Rule, Violation } from '../rule.ts';
import { isTestFile, ROOMS, type Room, roomOf, TESTKIT_ROOMS, TESTS_MAY_IMPORT } from '../table.ts';

/** A room imports only the rooms its row names; some rows allow types only, or certain subpaths only. */
export const roomTable: Rule = (project) =>
  [...project.files.values()].flatMap((file) =>
    file.edges.flatMap((edge) => {
      const violation = judge(file, edge);
      return violation === undefined ? [] : [violation];
    }),
  );

function judge(file: SourceFile, edge: Edge): Violation | undefined {
  if (edge.target.kind !== 'room') return undefined;
  const from = roomOf(file.path);
  const to = edge.target.room;
  const room = from === undefined ? undefined : ROOMS[from];
  if (from === undefined || room === undefined || from === to) return undefined;
  const broken = (rule: string, fix: string): Violation => ({
    rule,
    from: `${file.path}:${edge.line}`,
    to: edge.specifier,
    fix,
  });

  if (isTestFile(file.path) && TESTS_MAY_IMPORT.includes(to)) return undefined;
  if (to === 'testkit' && !TESTKIT_ROOMS.includes(from)) {
    return broken('testkit-only-in-tests', 'Move this code into a test or bench, or write it without the testkit.');
  }
  if (ROOMS[to]?.folder.startsWith('apps/')) {
    return broken('app-imports-app', 'Apps never import one another: move what both need into a package.');
  }
  if (room.typesOnly?.includes(to)) {
    if (edge.typeOnly) return undefined;
    return broken('types-only', `${from} may take only types from ${to}: write \`import type\`, or call a service.`);
  }
  if (!room.mayImport.includes(to)) return broken('room-table', sentence(from, room));
  const words = room.onlySubpaths?.[to];
  const { subpath } = edge.target;
  if (words !== undefined && !words.some((word) => subpath.startsWith(word))) {
    return broken('room-table', `${from} may import of ${to} only ${words.join(', ')}.`);
  }
  return undefined;
}

function sentence(from: string, room: Room): string {
  const allowed = room.mayImport.length === 0 ? 'no other room' : `only ${room.mayImport.join(', ')}`;
  return `${from} may import ${allowed}: pass the value in, or move the code to a room that may.`;
}
