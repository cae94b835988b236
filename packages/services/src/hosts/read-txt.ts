import { Resolver } from 'node:dns/promises';

/** The texts of a name's TXT records, each in one piece; none where there are none. Rejects when nobody answers. */
export type ReadTxt = (name: string) => Promise<string[]>;

/** Answers that mean “none of this type”, not “ask again”. */
const NONE = new Set(['ENODATA', 'ENOTFOUND']);

/** Asks the system's name servers, for at most some seconds. */
export const readTxt: ReadTxt = async (name) => {
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  try {
    const records = await resolver.resolveTxt(name);
    return records.map((parts) => parts.join(''));
  } catch (error) {
    if (NONE.has((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
};
