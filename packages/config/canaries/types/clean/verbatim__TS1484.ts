import { Readable, type ReadableOptions } from 'node:stream';

export const options: ReadableOptions = {};
export const stream = new Readable();
