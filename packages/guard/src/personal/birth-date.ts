import { type Detector, LOOK_BEHIND, MORE } from '../scan/detector.ts';

const SAYS_BIRTH =
  /(?:\bborn(?: on)?|\bbirth ?(?:date|day)?|\bd\.?o\.?b\b\.?|date of birth|geboren(?: am)?|geb\.|geburts(?:datum|tag)|n[ée]e? le|date de naissance|fecha de nacimiento|naci(?:do|da|ó)(?: el)?|nato il|nata il|data di nascita|data de nascimento|nascid[oa] em|geboortedatum|f[öø]d(?:d|t)?(?:elsedag|elsdatum)?|data urodzenia|urodzon[ya]|дата рождения|родил(?:ся|ась)|出生|生年月日|生日|생년월일)[^\d\n]{0,20}$/i;

const MONTHS =
  'jan(?:uary|uar|vier|uari)?|feb(?:ruary|ruar|ruari)?|f[ée]vr?(?:ier)?|mar(?:ch|s|zo|ço)?|m[äa]rz|apr(?:il|ile)?|avril|abr(?:il)?|may|mai|mayo|maggio|june?|juni|juin|junio|giugno|july?|juli|juillet|julio|luglio|aug(?:ust)?|ao[uû]t|agosto|sep(?:t|tember|tembre|tiembre)?|oct(?:ober|obre|ubre)?|okt(?:ober)?|ott(?:obre)?|nov(?:ember|embre|iembre)?|dec(?:ember)?|dez(?:ember)?|d[ée]c(?:embre)?|dic(?:iembre|embre)?|enero|ene|gennaio|febrero|febbraio';

const FORMS = [
  /^(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])(?!\d)/,
  /^(?:0?[1-9]|[12]\d|3[01])[-./ ](?:0?[1-9]|[12]\d|3[01])[-./ ](?:(?:19|20)?\d\d)(?!\d)/,
  /^(?:19|20)\d\d年\d{1,2}月\d{1,2}日/,
  /^(?:19|20)\d\d년 ?\d{1,2}월 ?\d{1,2}일/,
  new RegExp(
    `^(?:[12]\\d|3[01]|0?[1-9])(?:st|nd|rd|th|er|\\.|º)? (?:(?:of|de) )?(?:${MONTHS})\\.?,? (?:(?:de|del) )?(?:19|20)\\d\\d`,
    'i',
  ),
  new RegExp(`^(?:${MONTHS})\\.? (?:[12]\\d|3[01]|0?[1-9])(?:st|nd|rd|th)?,? (?:19|20)\\d\\d`, 'i'),
];

const LONGEST = 32;

/** Dates of birth: a date directly behind words that say so, in a dozen languages. Other dates are nobody's. */
export const birthDates: Detector = {
  name: 'birthDate',
  starts: ['digit', 'letter'],
  plainWords: true,
  // Dates begin with a digit, or in English with a month.
  applies: (text, at) =>
    /[\dJFMASOND]/.test(text.charAt(at)) && SAYS_BIRTH.test(text.slice(Math.max(0, at - LOOK_BEHIND), at)),
  reach: (text, at) => (text.length >= at + LONGEST ? at + LONGEST : MORE),
  longest: LONGEST,
  find: (piece) => {
    for (const form of FORMS) {
      const text = form.exec(piece)?.[0];
      if (text) return { from: 0, to: text.length, rule: 'birthDate.announced', kind: 'birthDate', score: 0.9 };
    }
    return undefined;
  },
};
