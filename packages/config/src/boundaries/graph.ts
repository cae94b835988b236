import type { Edge, Project } from './project.ts';

/** The file an edge leads to inside the repository, or undefined. */
export function fileOf(edge: Edge): string | undefined {
  return edge.target.kind === 'file' || edge.target.kind === 'room' ? (edge.target.path ?? undefined) : undefined;
}

/**
 * Import cycles among files (Tarjan's strongly connected components). Type-only imports do not count: they are erased.
 * Each cycle is a path along real imports that ends where it began.
 */
export function findCycles(project: Project): readonly (readonly string[])[] {
  const next = (path: string): readonly string[] =>
    (project.files.get(path)?.edges ?? []).flatMap((edge) => {
      const file = edge.typeOnly ? undefined : fileOf(edge);
      return file !== undefined && project.files.has(file) ? [file] : [];
    });
  return components([...project.files.keys()], next).map((members) => walkCycle(members, next));
}

/** Groups of two or more files that reach each other, and files that import themselves. */
function components(
  paths: readonly string[],
  next: (path: string) => readonly string[],
): readonly ReadonlySet<string>[] {
  const order = new Map<string, { index: number; low: number; open: boolean }>();
  const stack: string[] = [];
  const found: Set<string>[] = [];

  const visit = (path: string): { index: number; low: number; open: boolean } => {
    const state = { index: order.size, low: order.size, open: true };
    order.set(path, state);
    stack.push(path);
    for (const to of next(path)) {
      const seen = order.get(to);
      if (seen === undefined) state.low = Math.min(state.low, visit(to).low);
      else if (seen.open) state.low = Math.min(state.low, seen.index);
    }
    if (state.low === state.index) {
      const members = new Set(stack.splice(stack.indexOf(path)));
      for (const member of members) {
        const its = order.get(member);
        if (its !== undefined) its.open = false;
      }
      if (members.size > 1 || next(path).includes(path)) found.push(members);
    }
    return state;
  };
  for (const path of paths) if (!order.has(path)) visit(path);
  return found;
}

/** One shortest cycle through the alphabetically first member. */
function walkCycle(members: ReadonlySet<string>, next: (path: string) => readonly string[]): readonly string[] {
  const [start = ''] = [...members].sort();
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const path of queue) {
    for (const to of next(path)) {
      if (to === start) return [...trace(cameFrom, start, path), start];
      if (members.has(to) && !cameFrom.has(to)) {
        cameFrom.set(to, path);
        queue.push(to);
      }
    }
  }
  return [...members];
}

function trace(cameFrom: ReadonlyMap<string, string>, start: string, end: string): readonly string[] {
  const path = [end];
  for (let at = end; at !== start; ) {
    at = cameFrom.get(at) ?? start;
    path.unshift(at);
  }
  return path;
}

/**
 * Everything reachable from `roots`, type-only imports included: each reached file with the chain of files that leads
 * there. Breadth first, so a chain is a shortest one.
 */
export function reach(project: Project, roots: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const chains = new Map<string, readonly string[]>(roots.map((root) => [root, [root]]));
  for (const [path, chain] of chains) {
    for (const edge of project.files.get(path)?.edges ?? []) {
      const file = fileOf(edge);
      if (file !== undefined && !chains.has(file)) chains.set(file, [...chain, file]);
    }
  }
  return chains;
}
