/** A question for the memory of a conversation, between marks: Parley asks like this for summaries of sessions. */
const QUESTION = /BEGIN CONVERSATION (\S+)\n([\s\S]*)\nEND CONVERSATION \1\n\n[^\n]*?at most (\d+) words/;
const MEMORY = /BEGIN MEMORY (\S+)\n([\s\S]*?)\nEND MEMORY \1/;
/** Said by this summariser itself, in the memory before. */
const OWN = '[simulated by Parley: sentences picked from what was said, not understood]';
const SPEAKER = /^turn \d+, (user|assistant): ?/;

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

function sentencesOf(text: string): string[] {
  const parts = text.split('\n').flatMap((line) => line.replace(SPEAKER, '').split(/(?<=[.!?])\s+(?=\S)/));
  return [...new Set(parts.map((part) => part.trim()).filter((part) => part !== '' && part !== OWN))];
}

/** Numbers and names in mid-sentence tell more than other words, rare words more than common ones; questions little. */
function weigher(sentences: readonly string[]): (sentence: string) => number {
  const holders = new Map<string, number>();
  for (const sentence of sentences) {
    for (const word of new Set(wordsOf(sentence))) holders.set(word, (holders.get(word) ?? 0) + 1);
  }
  return (sentence) => {
    const words = wordsOf(sentence);
    if (words.length === 0 || sentence.startsWith('{') || sentence.endsWith('?')) return 0;
    const rarity = words.reduce((sum, word) => sum + 1 / (holders.get(word) ?? 1), 0) / words.length;
    const telling = sentence.match(/(?<=\s)(?:\p{Lu}[\p{L}-]+|\S*\d\S*)/gu)?.length ?? 0;
    return rarity + 0.1 * Math.min(3, telling);
  };
}

/** The summary a session's memory is asked for, made of the sentences that tell most, in their order; `null` for any other text. */
export function memory(user: string): string | null {
  const question = QUESTION.exec(user);
  if (question === null) return null;
  const sentences = sentencesOf(`${MEMORY.exec(user)?.[2] ?? ''}\n${question[2] ?? ''}`);
  const weigh = weigher(sentences);
  const ranked = sentences.map((sentence, at) => ({ sentence, at, weight: weigh(sentence) }));
  let left = Number(question[3]) - wordsOf(OWN).length;
  const kept = ranked
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || a.at - b.at)
    .filter(({ sentence }) => {
      const words = sentence.split(/\s+/).length;
      if (words > left) return false;
      left -= words;
      return true;
    });
  return [OWN, ...kept.sort((a, b) => a.at - b.at).map(({ sentence }) => sentence)].join('\n');
}
