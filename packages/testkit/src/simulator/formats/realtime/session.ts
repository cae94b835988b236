import { randomBytes } from 'node:crypto';
import { z } from 'zod';

/** A conversation item as the Realtime API has it, as far as the simulator looks. */
export const itemSchema = z.looseObject({
  id: z.string().optional(),
  type: z.enum(['message', 'function_call', 'function_call_output']),
  role: z.enum(['user', 'assistant', 'system']).optional(),
  content: z
    .array(
      z.looseObject({
        type: z.enum(['input_text', 'input_audio', 'output_text', 'output_audio', 'input_image', 'text', 'audio']),
        text: z.string().optional(),
        audio: z.string().optional(),
        transcript: z.string().optional(),
      }),
    )
    .optional(),
  call_id: z.string().optional(),
  name: z.string().optional(),
  arguments: z.string().optional(),
  output: z.string().optional(),
});
export type Item = z.output<typeof itemSchema> & { id: string; soundBytes?: number };

const toolSchema = z.looseObject({
  type: z.literal('function'),
  name: z.string(),
  description: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
});

/** What a client may set of a session (OpenAI API reference, `session.update`). */
export const sessionSchema = z.strictObject({
  type: z.enum(['realtime']).optional(),
  model: z.string().optional(),
  instructions: z.string().optional(),
  output_modalities: z.array(z.enum(['text', 'audio'])).optional(),
  audio: z
    .looseObject({
      input: z
        .looseObject({
          transcription: z.looseObject({ model: z.string() }).nullish(),
          turn_detection: z.looseObject({ type: z.enum(['server_vad', 'semantic_vad']) }).nullish(),
        })
        .optional(),
    })
    .optional(),
  tools: z.array(toolSchema).optional(),
  tool_choice: z.union([z.enum(['none', 'auto', 'required']), z.looseObject({ name: z.string() })]).optional(),
  max_output_tokens: z.union([z.int().min(1).max(4096), z.literal('inf')]).optional(),
  include: z.array(z.string()).optional(),
  tracing: z.unknown().optional(),
  truncation: z.unknown().optional(),
  prompt: z.unknown().optional(),
});
export type Settings = z.output<typeof sessionSchema>;

/** Ids as the API's look; random, as those of sessions are. */
export const newId = (prefix: string): string => `${prefix}_sim${randomBytes(10).toString('hex')}`;

/** What a session is at its start. */
export function firstSession(model: string) {
  return {
    object: 'realtime.session',
    type: 'realtime',
    id: newId('sess'),
    model,
    output_modalities: ['audio'] as ('text' | 'audio')[],
    instructions: 'You are simulated by Parley.',
    tools: [] as NonNullable<Settings['tools']>,
    tool_choice: 'auto' as NonNullable<Settings['tool_choice']>,
    max_output_tokens: 'inf' as number | 'inf',
    expires_at: Math.floor(Date.now() / 1000) + 3600,
    audio: {
      input: {
        format: { type: 'audio/pcm', rate: 24_000 },
        transcription: null as { model: string } | null | undefined,
        turn_detection: { type: 'server_vad' } as { type: string } | null | undefined,
      },
      output: { format: { type: 'audio/pcm', rate: 24_000 }, voice: 'alloy' },
    },
  };
}
export type Session = ReturnType<typeof firstSession>;

/** Lays what a client sent over the session. */
export function update(session: Session, given: Settings): void {
  const { audio, model: _model, type: _type, ...rest } = given;
  Object.assign(session, rest);
  if (audio?.input) Object.assign(session.audio.input, audio.input);
}
