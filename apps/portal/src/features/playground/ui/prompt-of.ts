import type { HandedPrompt } from '@/words/handed-prompt.ts';
import type { Conversation } from './conversation.ts';

/**
 * A conversation as the beginning of a prompt. What prompts have no words for stays behind: pictures, tools and their calls.
 */
export function promptOf({ turns, settings }: Conversation, model: string): HandedPrompt {
  return {
    model,
    messages: turns.flatMap(({ role, text }) => (role === 'tool' || text === '' ? [] : [{ role, text }])),
    temperature: settings.temperature,
    topP: settings.topP,
    maxOutputTokens: settings.maxTokens,
    seed: settings.seed,
    stop: settings.stop,
    schema: settings.schema,
  };
}
