import {
  GUARD_PLACES,
  type GuardPlace,
  type GuardrailsPolicy,
  type PersonalKind,
} from '@parley/contracts/policies/guardrails';
import { birthDates } from '../personal/birth-date.ts';
import { cards } from '../personal/card.ts';
import { cryptoAddresses } from '../personal/crypto-address.ts';
import { emails } from '../personal/email.ts';
import { ibans } from '../personal/iban.ts';
import { nationalIds } from '../personal/national-ids.ts';
import { ipAddresses, macAddresses } from '../personal/network.ts';
import { passports, personNames, streetAddresses } from '../personal/opt-in.ts';
import { phones } from '../personal/phone.ts';
import type { Detector } from '../scan/detector.ts';
import { compilePatterns, type PatternRule } from '../scan/patterns.ts';
import { planScan, type ScanPlan } from '../scan/plan.ts';
import { assignedSecrets, saidPasswords } from '../secrets/assigned.ts';
import { connectionStrings, jsonWebTokens, privateKeys, serviceKeys } from '../secrets/keys.ts';
import type { GuardMode } from '../verdict.ts';
import { phraseDetector } from '../words/phrases.ts';

/** In the order in which they are asked where several could begin. */
export const PERSONAL_DETECTORS: Readonly<Record<PersonalKind, Detector>> = {
  iban: ibans,
  card: cards,
  email: emails,
  nationalId: nationalIds,
  birthDate: birthDates,
  cryptoAddress: cryptoAddresses,
  mac: macAddresses,
  ip: ipAddresses,
  phone: phones,
  passport: passports,
  name: personNames,
  address: streetAddresses,
};

export const SECRET_DETECTORS: readonly Detector[] = [
  privateKeys,
  connectionStrings,
  jsonWebTokens,
  serviceKeys,
  assignedSecrets,
  saidPasswords,
];

const KIND_WORDS: Readonly<Record<PersonalKind, string>> = {
  card: 'A payment card’s number, with its check digit right',
  iban: 'A bank account (IBAN), with its check digits right',
  email: 'An e-mail address',
  phone: 'A telephone number',
  nationalId: 'A national id, by its form and check',
  birthDate: 'A date of birth',
  ip: 'A public IP address',
  mac: 'A hardware address',
  cryptoAddress: 'A wallet’s address',
  passport: 'A passport’s or licence’s number, by the words before it',
  name: 'Perhaps a person’s name',
  address: 'Perhaps a street address',
};

/** What a hit of one detector means under a policy. */
export interface HitRule {
  readonly check: string;
  readonly mode: GuardMode;
  readonly minScore: number;
  readonly allows: (value: string) => boolean;
  readonly reason: (kind: string) => string;
}

export interface PlacePlan {
  /** Absent where the policy looks for nothing. */
  readonly scan: ScanPlan | undefined;
  /** By a detector's name; patterns as `patterns <name>`. */
  readonly rules: ReadonlyMap<string, HitRule>;
}

const never = (): boolean => false;
/** What blocks is asked before what masks, and that before what only watches: the first to hold at a place wins. */
const ORDER: readonly GuardMode[] = ['block', 'mask', 'observe'];

/** Everything a policy scans for, for each place. Throws an Error for a pattern that RE2 does not read. */
export function compilePlans(policy: GuardrailsPolicy): Readonly<Record<GuardPlace, PlacePlan>> {
  const plans = GUARD_PLACES.map((place) => [place, compilePlace(policy, place)] as const);
  return Object.fromEntries(plans) as Record<GuardPlace, PlacePlan>;
}

function compilePlace(policy: GuardrailsPolicy, place: GuardPlace): PlacePlan {
  const rules = new Map<string, HitRule>();
  const detectors: { readonly mode: GuardMode; readonly detector: Detector }[] = [];
  const add = (detector: Detector | undefined, rule: HitRule) => {
    if (!detector) return;
    rules.set(detector.name, rule);
    detectors.push({ mode: rule.mode, detector });
  };
  for (const list of policy.words) {
    if (!list.on.includes(place)) continue;
    const detector = phraseDetector(`words.${list.name}`, 'word', [{ name: list.name, phrases: list.words }]);
    add(detector, {
      check: 'words',
      mode: list.mode,
      minScore: 0,
      allows: never,
      reason: () => `A word of the list ${list.name}.`,
    });
  }
  const { secrets, personalData } = policy;
  if (secrets?.on.includes(place)) {
    const rule: HitRule = {
      check: 'secrets',
      mode: secrets.mode,
      minScore: 0.6,
      allows: never,
      reason: () => 'A key, token or password.',
    };
    for (const detector of SECRET_DETECTORS) add(detector, rule);
  }
  if (personalData?.on.includes(place)) {
    const allows = allowedValues(personalData.allow);
    for (const [kind, detector] of Object.entries(PERSONAL_DETECTORS) as [PersonalKind, Detector][]) {
      if (!personalData.kinds.includes(kind)) continue;
      add(detector, {
        check: 'personalData',
        mode: personalData.mode,
        minScore: 0.55,
        allows,
        reason: () => `${KIND_WORDS[kind]}.`,
      });
    }
  }
  const patterns: PatternRule[] = [];
  for (const { name, pattern, mode, on } of policy.patterns) {
    if (!on.includes(place)) continue;
    patterns.push({ name, kind: 'pattern', pattern });
    rules.set(`patterns ${name}`, {
      check: 'patterns',
      mode,
      minScore: 0,
      allows: never,
      reason: () => `The pattern ${name}.`,
    });
  }
  if (detectors.length + patterns.length === 0) return { scan: undefined, rules };
  const ordered = ORDER.flatMap((mode) => detectors.filter((one) => one.mode === mode).map(({ detector }) => detector));
  return { scan: planScan(ordered, compilePatterns(patterns)), rules };
}

/** Whole values in any case, and domains of mail (`@example.com`). */
function allowedValues(allowed: readonly string[]): (value: string) => boolean {
  if (allowed.length === 0) return never;
  const values = new Set(allowed.map((value) => value.toLowerCase()));
  return (value) => {
    const lower = value.toLowerCase();
    return values.has(lower) || (lower.includes('@') && values.has(lower.slice(lower.lastIndexOf('@'))));
  };
}
