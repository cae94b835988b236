/**
 * Loaded into every Node process of a chaos run (`--import`): the process lives as many milliseconds in the future or the
 * past as the file that PARLEY_CHAOS_CLOCK names says of it, and follows that file within a second.
 */
import { readFileSync } from 'node:fs';

const file = process.env['PARLEY_CHAOS_CLOCK'];
const script = process.argv[1] ?? '';
const name = script.includes('apps/gateway')
  ? (process.env['GATEWAY_NODE'] ?? '')
  : script.includes('apps/worker')
    ? 'worker'
    : '';

if (file && name) {
  const RealDate = Date;
  const realNow = RealDate.now.bind(RealDate);
  let shiftMs = 0;
  let readAt = 0;
  const nowMs = () => {
    const real = realNow();
    if (real - readAt >= 1000) {
      readAt = real;
      try {
        shiftMs = JSON.parse(readFileSync(file, 'utf8'))[name] ?? 0;
      } catch {
        // The file is being written, or there is none yet: the clock stays as it is.
      }
    }
    return real + shiftMs;
  };
  globalThis.Date = class extends RealDate {
    constructor(...given) {
      if (given.length === 0) super(nowMs());
      else super(...given);
    }
    static now() {
      return nowMs();
    }
  };
}
