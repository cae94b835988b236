import { type InjectionRule, text } from './rule.ts';

/** Frames of a conversation. */
export const DELIMITERS: readonly InjectionRule[] = [
  text(
    'delimiter.tokens',
    'delimiter',
    0.75,
    '<|im_start <|im_end <|system <|user <|assistant <|endoftext <|eot_id <|start_header [inst] <<sys>> <|begin <start_of_turn <|channel',
    /<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id|end_header_id|begin_of_text|channel|message|start|end)\|>|\[\/?inst\]|<<\/?sys>>|<\/?(?:start|end)_of_turn>/i,
  ),
  text(
    'delimiter.role',
    'delimiter',
    0.45,
    'system: system] system> system : ### assistant: developer:',
    /(?:^|\n|\. )\s{0,4}(?:#{1,4}\s?)?[[(<*]{0,3}(?:system|developer|assistant)(?: (?:message|prompt|instruction|override|note|update))?[\])>*]{0,3}\s?:\s?[[]?\s?\S[^\n]{10}/i,
  ),
  text(
    'delimiter.tag',
    'delimiter',
    0.6,
    '</ [/ --- === ```',
    /<\/(?:system|user_input|document|context|data|input|user|instructions?|untrusted|tool_result|retrieved|query|text|content|email)>\s{0,8}[^<\s]{0,20}.{0,80}(?:<(?:system|instructions?|assistant|admin|developer)>|ignore|new instructions|you are now|override|disregard)/is,
  ),
  text(
    'delimiter.begin',
    'delimiter',
    0.7,
    'begin start end',
    /(?:[-=#*~]{2,}|\[|<)\s?(?:begin|start|end) (?:of )?(?:the )?(?:new |admin |hidden |secret |real |retrieved )?(?:system|admin|developer|hidden|override|user|document|instructions?|prompt|input|context)(?: (?:prompt|message|instructions?|override|mode|input|text|data))?\s?(?:[-=#*~]{2,}|\]|>)/i,
  ),
  text(
    'delimiter.override',
    'delimiter',
    0.65,
    'system admin developer root security emergency',
    /\[?(?:system|admin|developer|root|security|emergency)[ _-](?:override|command|directive|instruction|update|alert|notice|message|note|reminder)[\]>]?\s?[:\]>!-]|\[(?:admin|system|developer|root|sudo)\]\s?:?\s?\S/i,
  ),
];
