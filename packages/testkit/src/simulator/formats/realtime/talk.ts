import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { countTokens } from '../../core/tokens.ts';
import { type ActiveFaults, parseFaults } from '../../faults.ts';
import { answerTo, askedOf, BYTES_PER_INPUT_TOKEN, SPOKEN, usageOf } from './respond.ts';
import { firstSession, type Item, itemSchema, newId, sessionSchema, update } from './session.ts';

/** Sound after which the simulator takes a speaker for silent: a second. */
const SPEECH_BYTES = 48_000;
const RATE_LIMITS = [{ name: 'requests', limit: 1000, remaining: 999, reset_seconds: 60 }];

const clientEvent = z.looseObject({ type: z.string(), event_id: z.string().optional() });

class EventError extends Error {
  readonly code: string;
  readonly param: string | null;

  constructor(message: string, code: string, param: string | null = null) {
    super(message);
    this.code = code;
    this.param = param;
  }
}

/** One realtime session (OpenAI API reference, Realtime, in its generally available form). */
export class SimulatedSession {
  readonly #socket: WebSocket;
  readonly #session: ReturnType<typeof firstSession>;
  readonly #faults: ActiveFaults;
  readonly #items: Item[] = [];
  #soundBytes = 0;
  #running: { cancelled: boolean } | null = null;
  #read = { total: 0, audio: 0 };

  constructor(socket: WebSocket, model: string, faults: ActiveFaults) {
    this.#socket = socket;
    this.#session = firstSession(model);
    this.#faults = faults;
    socket.on('message', (data, isBinary) => this.#hear(isBinary ? '' : (data as Buffer).toString()));
    this.#send('session.created', { session: this.#session });
  }

  #send(type: string, members: object): void {
    this.#socket.send(JSON.stringify({ type, event_id: newId('event'), ...members }));
  }

  #hear(text: string): void {
    let eventId: string | null = null;
    try {
      const event = clientEvent.parse(JSON.parse(text));
      eventId = event.event_id ?? null;
      this.#handle(event);
    } catch (error) {
      const known = error instanceof EventError;
      const message = known ? error.message : 'The event could not be read [simulated by Parley].';
      const { code, param } = known ? error : { code: 'invalid_event', param: null };
      this.#send('error', { error: { type: 'invalid_request_error', code, message, param, event_id: eventId } });
    }
  }

  #handle(event: z.output<typeof clientEvent>): void {
    switch (event.type) {
      case 'session.update': {
        const given = sessionSchema.safeParse(event['session']);
        if (!given.success) {
          const at = `session.${given.error.issues[0]?.path.join('.') ?? ''}`;
          throw new EventError(`Invalid value: '${at}'.`, 'invalid_value', at);
        }
        if (given.data.model !== undefined && given.data.model !== this.#session.model) {
          throw new EventError('The model of a session cannot be changed.', 'invalid_model', 'session.model');
        }
        update(this.#session, given.data);
        return this.#send('session.updated', { session: this.#session });
      }
      case 'conversation.item.create': {
        const item = itemSchema.parse(event['item']);
        return this.#add({ ...item, id: item.id ?? newId('item') });
      }
      case 'input_audio_buffer.append':
        return this.#append(z.base64().parse(event['audio']));
      case 'input_audio_buffer.commit':
        if (this.#soundBytes < BYTES_PER_INPUT_TOKEN) {
          throw new EventError(
            'Error committing input audio buffer: buffer too small.',
            'input_audio_buffer_commit_empty',
          );
        }
        return this.#commit();
      case 'input_audio_buffer.clear':
        this.#soundBytes = 0;
        return this.#send('input_audio_buffer.cleared', {});
      case 'response.create':
        return this.#begin(
          z
            .looseObject({ output_modalities: z.array(z.enum(['text', 'audio'])).optional() })
            .optional()
            .parse(event['response'])?.output_modalities,
        );
      case 'response.cancel':
        if (this.#running === null)
          throw new EventError('Cancellation failed: no active response found.', 'response_cancel_not_active');
        this.#running.cancelled = true;
        return;
      default:
        throw new EventError(`Invalid value: '${event.type}'.`, 'invalid_value', 'type');
    }
  }

  #add(item: Item): void {
    const previous = this.#items.at(-1)?.id ?? null;
    this.#items.push(item);
    this.#send('conversation.item.added', { previous_item_id: previous, item });
    this.#send('conversation.item.done', { previous_item_id: previous, item });
  }

  #append(audio: string): void {
    this.#soundBytes += Math.floor((audio.length * 3) / 4);
    if (!this.#session.audio.input.turn_detection || this.#soundBytes < SPEECH_BYTES) return;
    const id = newId('item');
    this.#send('input_audio_buffer.speech_started', { audio_start_ms: 0, item_id: id });
    this.#send('input_audio_buffer.speech_stopped', { audio_end_ms: Math.round(this.#soundBytes / 48), item_id: id });
    this.#commit(id);
    if (this.#running === null) this.#begin();
  }

  #commit(id = newId('item')): void {
    const soundBytes = this.#soundBytes;
    this.#soundBytes = 0;
    this.#send('input_audio_buffer.committed', { previous_item_id: this.#items.at(-1)?.id ?? null, item_id: id });
    const transcript = 'Something was said [simulated by Parley].';
    this.#add({ id, type: 'message', role: 'user', content: [{ type: 'input_audio', transcript }], soundBytes });
    if (!this.#session.audio.input.transcription) return;
    const audio = Math.ceil(soundBytes / BYTES_PER_INPUT_TOKEN);
    const output = countTokens(transcript);
    this.#send('conversation.item.input_audio_transcription.completed', {
      item_id: id,
      content_index: 0,
      transcript,
      usage: {
        type: 'tokens',
        total_tokens: audio + output,
        input_tokens: audio,
        input_token_details: { text_tokens: 0, audio_tokens: audio },
        output_tokens: output,
      },
    });
  }

  #begin(modalities = this.#session.output_modalities): void {
    if (this.#running !== null) {
      throw new EventError(
        'Conversation already has an active response in progress.',
        'conversation_already_has_active_response',
      );
    }
    const running = { cancelled: false };
    this.#running = running;
    void this.#respond(running, modalities.includes('audio')).catch(() => this.#socket.terminate());
  }

  async #respond(running: { cancelled: boolean }, spoken: boolean): Promise<void> {
    const asked = parseFaults(askedOf(this.#items), ';');
    const faults = new Map([...this.#faults, ...asked]);
    const { answer, usage: input } = answerTo(this.#session, this.#items);
    const response = { object: 'realtime.response', id: newId('resp'), status: 'in_progress', status_details: null };
    const shown = { ...response, output: [] as object[], output_modalities: [spoken ? 'audio' : 'text'], usage: null };
    this.#send('response.created', { response: shown });
    const pace = faults.get('slow-tokens')?.value ?? 0;
    let sent = 0;
    const step = async (type: string, members: object): Promise<boolean> => {
      if (running.cancelled || this.#socket.readyState !== this.#socket.OPEN) return false;
      if (sent >= (faults.get('cut')?.value ?? Number.POSITIVE_INFINITY)) this.#socket.terminate();
      if (sent >= (faults.get('stall')?.value ?? Number.POSITIVE_INFINITY)) return false;
      this.#send(type, { response_id: response.id, output_index: 0, ...members });
      sent++;
      await (pace > 0 ? delay(pace) : turn());
      return true;
    };
    const said = { tokens: 0, sounds: 0 };
    const items: Item[] = [];
    if (answer.toolCalls.length > 0) await this.#call(answer.toolCalls, items, said, step);
    else await this.#say(answer.pieces, items, said, { spoken, step });
    if (faults.has('stall') && !running.cancelled) return;
    this.#running = null;
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const failed = faults.has('error-in-stream');
    const status = failed ? 'failed' : running.cancelled ? 'cancelled' : 'completed';
    const details = {
      completed: null,
      cancelled: { type: 'cancelled', reason: 'client_cancelled' },
      failed: {
        type: 'failed',
        error: { type: 'server_error', code: 'server_error', message: `The model ${this.#session.model} failed.` },
      },
    }[status];
    const usage = faults.has('usage-missing') ? null : usageOf(input, this.#read, said.tokens, said.sounds);
    this.#read = { total: input.total, audio: input.audio };
    this.#items.push(...items);
    this.#send('response.done', { response: { ...shown, status, status_details: details, output: items, usage } });
    this.#send('rate_limits.updated', { rate_limits: RATE_LIMITS });
  }

  async #say(
    pieces: readonly string[],
    items: Item[],
    said: { tokens: number; sounds: number },
    { spoken, step }: { spoken: boolean; step: Step },
  ): Promise<void> {
    const item: Item = { id: newId('item'), type: 'message', role: 'assistant', content: [] };
    const at = { item_id: item.id, content_index: 0 };
    await step('response.output_item.added', { item });
    await step('response.content_part.added', { ...at, part: { type: spoken ? 'audio' : 'text' } });
    let text = '';
    for (const piece of pieces) {
      const type = spoken ? 'response.output_audio_transcript.delta' : 'response.output_text.delta';
      if (!(await step(type, { ...at, delta: piece }))) break;
      text += piece;
      said.tokens++;
      if (!spoken) continue;
      if (!(await step('response.output_audio.delta', { ...at, delta: SPOKEN }))) break;
      said.sounds++;
    }
    item.content = [spoken ? { type: 'output_audio', transcript: text } : { type: 'output_text', text }];
    items.push(item);
    if (spoken) {
      await step('response.output_audio.done', at);
      await step('response.output_audio_transcript.done', { ...at, transcript: text });
    } else await step('response.output_text.done', { ...at, text });
    await step('response.output_item.done', { item });
  }

  async #call(
    calls: readonly { name: string; arguments: string }[],
    items: Item[],
    said: { tokens: number; sounds: number },
    step: Step,
  ): Promise<void> {
    for (const [output_index, call] of calls.entries()) {
      const item: Item = {
        id: newId('item'),
        type: 'function_call',
        call_id: newId('call'),
        name: call.name,
        arguments: '',
      };
      const at = { item_id: item.id, call_id: item.call_id, output_index };
      await step('response.output_item.added', { output_index, item });
      await step('response.function_call_arguments.delta', { ...at, delta: call.arguments });
      said.tokens += countTokens(call.arguments);
      await step('response.function_call_arguments.done', { ...at, name: call.name, arguments: call.arguments });
      const whole = { ...item, arguments: call.arguments };
      await step('response.output_item.done', { output_index, item: whole });
      items.push(whole);
    }
  }
}

type Step = (type: string, members: object) => Promise<boolean>;
