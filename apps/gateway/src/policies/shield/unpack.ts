import { promisify } from 'node:util';
import { brotliDecompress, constants, gunzip, inflate } from 'node:zlib';

const gunzipped = promisify(gunzip);
const inflated = promisify(inflate);
const unbrotli = promisify(brotliDecompress);

export type Unpacked = Buffer | 'too large' | 'unreadable' | 'unknown coding';

/**
 * A compressed body's content, off the event loop, at most `maxBytes` of it: what would be larger is not unpacked further.
 * The end of `bytes` may be missing.
 */
export async function unpack(bytes: Buffer, coding: string, maxBytes: number): Promise<Unpacked> {
  const options = { maxOutputLength: maxBytes, finishFlush: constants.Z_SYNC_FLUSH };
  try {
    switch (coding.trim().toLowerCase()) {
      case 'gzip':
      case 'x-gzip':
        return await gunzipped(bytes, options);
      case 'deflate':
        return await inflated(bytes, options);
      case 'br':
        return await unbrotli(bytes, { maxOutputLength: maxBytes, finishFlush: constants.BROTLI_OPERATION_FLUSH });
      default:
        return 'unknown coding';
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too large' : 'unreadable';
  }
}
