/** A question that asks to score texts, and for exactly one JSON object: Parley's judges ask like this. */
const QUESTION = /\{"key":"([^"]+)","texts":\[\{((?:"[\w-]+":0\.0,?)+)\}\]\}\s*$/;
const TEXTS = /^BEGIN (\d+) (\S+)\n([\s\S]*?)\nEND \1 \2$/gm;

/** Words that a category is scored high for; any other by the words of its own name. */
const WORDS: Readonly<Record<string, RegExp>> = {
  injection: /\b(ignore|disregard|forget) (all|any|every|the|your|previous|prior)\b|\bsystem prompt\b|\bjailbreak/i,
  harm: /\b(bomb|weapon|poison|murder|kill|stab)\w*\b/i,
  manipulation: /\b(judge|moderator|classifier|verdict|score)( (this|it|me|must|should)\b|:)/i,
};

/** The verdict that a judge's question asks for, by words, so that a demo or test knows what it will be; `null` for any other text. */
export function judgement(user: string): string | null {
  const question = QUESTION.exec(user);
  if (question === null) return null;
  const categories = [...(question[2] ?? '').matchAll(/"([\w-]+)"/g)].map((found) => found[1] ?? '');
  const texts = [...user.matchAll(TEXTS)].map((found) => found[3] ?? '');
  const scored = texts.map((text) =>
    Object.fromEntries(
      categories.map((name) => {
        const words = WORDS[name] ?? new RegExp(`\\b${name.replaceAll('-', '\\W+')}\\b`, 'i');
        return [name, words.test(text) ? 0.93 : 0.02];
      }),
    ),
  );
  return JSON.stringify({ key: question[1], texts: scored });
}
