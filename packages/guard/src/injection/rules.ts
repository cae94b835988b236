import type { InjectionRule } from './rule.ts';
import { DELIMITERS } from './rules-delimiter.ts';
import { EXFILTRATIONS } from './rules-exfiltration.ts';
import { JAILBREAKS } from './rules-jailbreak.ts';
import { OVERRIDES } from './rules-override.ts';
import { UNTRUSTED } from './rules-untrusted.ts';

/** Every rule. Weights were set on the sets `dev` and `second` (docs/guardrails.md). */
export const INJECTION_RULES: readonly InjectionRule[] = [
  ...OVERRIDES,
  ...JAILBREAKS,
  ...EXFILTRATIONS,
  ...UNTRUSTED,
  ...DELIMITERS,
];

/** Phrases looked for where letters were spaced out and words cannot be told apart. */
export const GLUED_PHRASES: readonly string[] = [
  'ignoreallprevious',
  'ignoreprevious',
  'ignoretheprevious',
  'ignoreprior',
  'ignoreallprior',
  'ignoreyourinstructions',
  'ignoreallinstructions',
  'ignoretheinstructions',
  'ignoretheabove',
  'ignoreabove',
  'ignoreeverything',
  'ignoresystem',
  'disregardall',
  'disregardprevious',
  'disregardyour',
  'disregardthe',
  'disregardprior',
  'forgetyourinstructions',
  'forgetallprevious',
  'forgeteverything',
  'forgetprevious',
  'overrideyour',
  'overrideall',
  'overridesystem',
  'bypassyour',
  'bypassall',
  'bypasssafety',
  'systemprompt',
  'revealyour',
  'showyourinstructions',
  'yourinstructions',
  'hiddeninstructions',
  'previousinstructions',
  'developermode',
  'doanythingnow',
  'jailbreak',
  'withoutrestrictions',
  'norestrictions',
  'unrestrictedmode',
  'safetyfilters',
];
