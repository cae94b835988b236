import { createHash } from 'node:crypto';
import { charset, type Detector, runOf } from '../scan/detector.ts';

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** Base58Check (Bitcoin): 25 bytes, the last four of which are the double hash of the rest. */
function base58Check(text: string): boolean {
  let value = 0n;
  for (const character of text) value = value * 58n + BigInt(BASE58.indexOf(character));
  if (value >= 1n << 200n) return false;
  const bytes = Buffer.from(value.toString(16).padStart(50, '0'), 'hex');
  return Buffer.from(sha256(sha256(bytes.subarray(0, 21))))
    .subarray(0, 4)
    .equals(bytes.subarray(21));
}

/** BIP 173 and BIP 350: the polynomial of a Bech32 or Bech32m text leaves one of two constants. */
function bech32(text: string): boolean {
  const lower = text.toLowerCase();
  const split = lower.lastIndexOf('1');
  const values = [
    ...Array.from(lower.slice(0, split)).map((character) => character.charCodeAt(0) >> 5),
    0,
    ...Array.from(lower.slice(0, split)).map((character) => character.charCodeAt(0) & 31),
    ...Array.from(lower.slice(split + 1)).map((character) => BECH32.indexOf(character)),
  ];
  if (values.includes(-1)) return false;
  let check = 1;
  for (const value of values) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    for (const [bit, generator] of [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].entries()) {
      if ((top >>> bit) & 1) check ^= generator;
    }
  }
  return check === 1 || check === 0x2bc830a3;
}

const SAYS_WALLET = /wallet|address|solana|\bsol\b|phantom|send (?:to|it)|deposit|payout/i;

const FORMS: readonly (readonly [rule: string, form: RegExp, valid: (text: string) => boolean, score: number])[] = [
  ['crypto.ethereum', /^0x[0-9a-fA-F]{40}(?![A-Za-z0-9])/, (text) => !/^0x(.)\1+$/.test(text), 0.85],
  ['crypto.base58', /^[13LMDAT9][1-9A-HJ-NP-Za-km-z]{25,34}(?![A-Za-z0-9])/, base58Check, 0.99],
  ['crypto.bech32', /^(?:bc|tb|ltc)1[a-zA-HJ-NP-Z0-9]{25,87}(?![A-Za-z0-9])/, bech32, 0.99],
  ['crypto.cardano', /^addr1[a-z0-9]{50,110}(?![A-Za-z0-9])/, bech32, 0.99],
  ['crypto.monero', /^[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}(?![A-Za-z0-9])/, () => true, 0.9],
];

const SOLANA = /^[1-9A-HJ-NP-Za-km-z]{32,44}(?![A-Za-z0-9])/;

/** Wallet addresses: Bitcoin and its kin by checksum, Ethereum by form, Solana where words around say so. */
export const cryptoAddresses: Detector = {
  name: 'cryptoAddress',
  starts: ['digit', 'letter'],
  reach: runOf(charset('0-9A-Za-z'), 128),
  longest: 128,
  find: (piece, context) => {
    if (piece.length < 26) return undefined;
    for (const [rule, form, valid, score] of FORMS) {
      const text = form.exec(piece)?.[0];
      if (text && valid(text)) return { from: 0, to: text.length, rule, kind: 'cryptoAddress', score };
    }
    const [solana] = SOLANA.exec(piece) ?? [];
    if (!solana || !/\d/.test(solana) || !/[A-Z]/.test(solana) || !SAYS_WALLET.test(context())) return undefined;
    return { from: 0, to: solana.length, rule: 'crypto.solana', kind: 'cryptoAddress', score: 0.8 };
  },
};
