import { Readable } from 'node:stream';
import { ReadableOptions } from 'node:stream';

export const options: ReadableOptions = {};
export const stream = new Readable();
