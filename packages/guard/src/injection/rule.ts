import { plain } from './characters.ts';

export const INJECTION_CATEGORIES = {
  override: 'asks to set instructions aside',
  jailbreak: 'asks for a role without rules',
  exfiltration: 'asks for the instructions or secrets of the system',
  tools: 'asks to use tools or send data elsewhere',
  payload: 'hides its text from readers',
  delimiter: 'looks like the frame of a conversation',
  learned: 'is worded like known attempts',
} as const;
export type InjectionCategory = keyof typeof INJECTION_CATEGORIES;

export interface InjectionRule {
  readonly id: string;
  readonly category: InjectionCategory;
  /** 0 to 1: how much it proves alone. */
  readonly weight: number;
  /** Reads words (`wordsOf`) or the text in lower case, with its signs. */
  readonly reads: 'words' | 'text';
  /** One of these must be in what it reads, or the pattern is not asked. Lower case, without accents. */
  readonly needs: readonly string[];
  readonly pattern: RegExp;
  /** Holds only in documents and answers of tools. */
  readonly untrustedOnly?: boolean;
}

/** Up to `most` words of one sentence between two of a rule. */
const w = (most: number): string => `(?:[^ .]{1,24} ){0,${most}}?`;

export function words(
  id: string,
  category: InjectionCategory,
  weight: number,
  needs: string,
  source: string,
  untrustedOnly = false,
): InjectionRule {
  const pattern = new RegExp(
    plain(source).replaceAll('⟨2⟩', w(2)).replaceAll('⟨4⟩', w(4)).replaceAll('⟨6⟩', w(6)).replaceAll('⟨8⟩', w(8)),
    'u',
  );
  return { id, category, weight, reads: 'words', needs: needs.split('|').map(plain), pattern, untrustedOnly };
}

export function text(
  id: string,
  category: InjectionCategory,
  weight: number,
  needs: string,
  pattern: RegExp,
  untrustedOnly = false,
): InjectionRule {
  return { id, category, weight, reads: 'text', needs: needs.split(' '), pattern, untrustedOnly };
}
