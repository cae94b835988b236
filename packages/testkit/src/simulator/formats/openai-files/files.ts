import { deliverBytes, deliverJson } from '../../deliver.ts';
import type { Exchange } from '../../exchange.ts';
import { readForm } from '../../form.ts';
import type { Route, Settings } from '../../format.ts';
import { ApiError } from '../openai/api-error.ts';
import { type FileStore, fileStore } from './file-store.ts';
import { pageOf } from './page-of.ts';

const PURPOSES = ['assistants', 'batch', 'fine-tune', 'vision', 'user_data', 'evals'];

const storeOf = (settings: Settings): FileStore => settings.memory.of(fileStore);
const idOf = (exchange: Exchange): string => exchange.params.id ?? '';

async function upload(exchange: Exchange, body: unknown, settings: Settings): Promise<void> {
  const form = readForm(exchange, body);
  const [file] = form.files('file');
  const { purpose } = form.fields;
  if (!file) {
    throw new ApiError(400, "Missing required parameter: 'file'.", {
      param: 'file',
      code: 'missing_required_parameter',
    });
  }
  if (typeof purpose !== 'string' || !PURPOSES.includes(purpose)) {
    throw new ApiError(400, `'${String(purpose)}' is not one of ['${PURPOSES.join("', '")}'] - 'purpose'`, {
      param: 'purpose',
    });
  }
  if (purpose === 'batch' && !file.name.endsWith('.jsonl')) {
    throw new ApiError(400, `Invalid file format for Batch API. Must be .jsonl`, { param: 'file' });
  }
  await deliverJson(exchange, storeOf(settings).add(file.bytes, file.name, purpose), 0, 0);
}

async function list(exchange: Exchange, _body: unknown, settings: Settings): Promise<void> {
  const page = pageOf(exchange, storeOf(settings).all(), (file, query) => {
    const purpose = query.get('purpose');
    return purpose === null || file.purpose === purpose;
  });
  await deliverJson(exchange, page, 0, 0);
}

async function describe(exchange: Exchange, _body: unknown, settings: Settings): Promise<void> {
  await deliverJson(exchange, storeOf(settings).find(idOf(exchange)).object, 0, 0);
}

async function content(exchange: Exchange, _body: unknown, settings: Settings): Promise<void> {
  await deliverBytes(exchange, storeOf(settings).find(idOf(exchange)).content, 'application/octet-stream');
}

async function remove(exchange: Exchange, _body: unknown, settings: Settings): Promise<void> {
  const { id } = storeOf(settings).find(idOf(exchange)).object;
  storeOf(settings).remove(id);
  await deliverJson(exchange, { id, object: 'file', deleted: true }, 0, 0);
}

export function fileRoutes(base: string): Route[] {
  return [
    { method: 'POST', path: `${base}/files`, carries: 'form', handle: upload },
    { method: 'GET', path: `${base}/files`, handle: list },
    { method: 'GET', path: `${base}/files/{id}`, handle: describe },
    { method: 'GET', path: `${base}/files/{id}/content`, handle: content },
    { method: 'DELETE', path: `${base}/files/{id}`, handle: remove },
  ];
}
