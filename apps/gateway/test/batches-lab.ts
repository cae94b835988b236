import type { PoliciesInput } from '@parley/contracts/policies';
import { waitFor } from '@parley/testkit/wait-for';
import OpenAI, { toFile } from 'openai';
import type { GatewayOptions } from '../src/gateway.ts';
import { type BackgroundLab, openBackgroundLab } from './background-lab.ts';
import { openWorld, type World } from './world.ts';

export interface BatchesLab extends BackgroundLab {
  readonly world: World;
  /** One more node of the group. */
  node(lines?: number): Promise<World>;
  client(world?: World, key?: string): OpenAI;
}

/** Fast times, so that a test waits for nothing. */
export const QUICK = { pollMs: 20, leaseMs: 600, turnMs: 60_000 };

export interface LineInput {
  readonly custom_id: string;
  readonly [name: string]: unknown;
}

export function chatLine(id: number | string, more: object = {}): LineInput {
  const body = { model: 'fast', messages: [{ role: 'user', content: `Say ${id}` }], ...more };
  return { custom_id: `call-${id}`, method: 'POST', url: '/v1/chat/completions', body };
}

export const jsonl = (lines: readonly unknown[]): string => lines.map((line) => JSON.stringify(line)).join('\n');

export const upload = async (client: OpenAI, content: string): Promise<OpenAI.Files.FileObject> =>
  client.files.create({ file: await toFile(Buffer.from(content), 'calls.jsonl'), purpose: 'batch' });

export async function startBatch(client: OpenAI, lines: readonly unknown[]): Promise<OpenAI.Batches.Batch> {
  const file = await upload(client, jsonl(lines));
  return client.batches.create({
    input_file_id: file.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
    metadata: { team: 'night' },
  });
}

/** The batch once nothing more becomes of it. */
export const untilEnded = (client: OpenAI, id: string): Promise<OpenAI.Batches.Batch> =>
  waitFor(`${id} to end`, async () => {
    const batch = await client.batches.retrieve(id);
    return ['completed', 'failed', 'cancelled', 'expired'].includes(batch.status) ? batch : null;
  });

export async function linesOf(client: OpenAI, fileId: string | null | undefined): Promise<Record<string, unknown>[]> {
  if (!fileId) return [];
  const text = await (await client.files.content(fileId)).text();
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** A lab whose first node answers what is asked of batches and, unless told otherwise, works none off. */
export async function openBatchesLab(
  group: string,
  policies: PoliciesInput = {},
  more: Partial<GatewayOptions> = {},
): Promise<BatchesLab> {
  const worlds: World[] = [];
  const node = async (lines = 4): Promise<World> => {
    const batches = { ...QUICK, lines, batches: lines === 0 ? 0 : 4 };
    const world = await openWorld({ backgroundGroup: group, batches, ...more });
    worlds.push(world);
    return world;
  };
  const world = await node(0);
  const lab = await openBackgroundLab(world, policies);
  return {
    ...lab,
    world,
    node,
    client: (at = world, key = lab.key) => new OpenAI({ apiKey: key, baseURL: `${at.url}/v1`, maxRetries: 0 }),
    async close() {
      for (const one of worlds.reverse()) await one.close();
      await lab.close();
    },
  };
}
