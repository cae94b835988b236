/**
 * Forty facts as people tell them in passing, and what they ask of them much later. `wording`: the question uses the fact's own
 * words, some of them, or others throughout; the last kind is what ranking by words cannot find.
 */
export interface Fact {
  readonly told: string;
  readonly asked: string;
  /** Is only in the fact. */
  readonly answer: string;
  readonly wording: 'same' | 'near' | 'other';
}

type Row = readonly [told: string, asked: string, answer: string];

const SAME: readonly Row[] = [
  [
    'The alarm code of the warehouse door is 58213, please keep it.',
    'What is the alarm code of the warehouse door?',
    '58213',
  ],
  ['My daughter Pilar is allergic to hazelnuts.', 'What is my daughter Pilar allergic to?', 'hazelnuts'],
  [
    'The invoice of the roof repair has the number RR-7741.',
    'Which number has the invoice of the roof repair?',
    'RR-7741',
  ],
  ['Our flight to Tromsø leaves from gate C19.', 'From which gate does our flight to Tromsø leave?', 'C19'],
  ['The wifi password of the cabin is moss-kettle-42.', 'What is the wifi password of the cabin?', 'moss-kettle-42'],
  [
    'The vet said that our cat Biscuit needs 15 ml of Lactulose.',
    'How much Lactulose did the vet say our cat Biscuit needs?',
    '15 ml',
  ],
  [
    'For the choir concert we booked the hall on Lindengasse.',
    'Which hall did we book for the choir concert?',
    'Lindengasse',
  ],
  [
    'The serial number of the espresso machine is EM90-3318.',
    'What is the serial number of the espresso machine?',
    'EM90-3318',
  ],
  ['The plumber who came on Monday was called Okonkwo.', 'What was the plumber called who came on Monday?', 'Okonkwo'],
  ['My passport expires on 4 February 2031.', 'When does my passport expire?', '4 February 2031'],
  ['The boiler pressure must stay at 1.7 bar.', 'At which pressure must the boiler stay?', '1.7 bar'],
  [
    'In the sourdough recipe we use 72 percent hydration.',
    'How much hydration do we use in the sourdough recipe?',
    '72 percent',
  ],
  ['The locker at the swimming pool is number H-308.', 'Which number is the locker at the swimming pool?', 'H-308'],
  ['Our landlord is Mrs Abernathy-Voss.', 'Who is our landlord?', 'Abernathy-Voss'],
];

const NEAR: readonly Row[] = [
  ['I parked the rental car on level P4 of the airport garage.', 'On which level of the garage is the car?', 'P4'],
  [
    'The deposit for the lake house was 640 euros.',
    'How high was the deposit we paid for that house at the lake?',
    '640 euros',
  ],
  ['We decided that the logo will be dark teal.', 'Remind me which colour the logo gets.', 'dark teal'],
  ['Ahmed takes over the on-call shift on the 23rd.', 'Who does the on-call shift on the 23rd?', 'Ahmed'],
  [
    'The contract with Norrland Timber runs out in October 2029.',
    'Until when does our Norrland contract run?',
    'October 2029',
  ],
  ['My blood group is AB negative, the doctor wrote.', 'The hospital wants to know my blood group.', 'AB negative'],
  [
    'The bicycle frame has the engraving KLM-2207.',
    'The police ask what is engraved on the bicycle frame.',
    'KLM-2207',
  ],
  [
    'The spare key lies under the blue flowerpot.',
    'I forgot the key at home. Where was the spare one?',
    'blue flowerpot',
  ],
  ['The staging database listens on port 6543.', 'Which port was the staging database on?', '6543'],
  ['The piano tuner charges 118 francs a visit.', 'What does the tuner charge for our piano?', '118 francs'],
  ['Grandfather was born in Cluj.', 'For the family tree: where was grandfather born?', 'Cluj'],
  [
    'The bakery wants our cake order nine days ahead.',
    'How many days ahead must I order the cake at the bakery?',
    'nine days',
  ],
  [
    'The tyre shop recommended Hakkapeliitta tyres for winter.',
    'Which winter tyres were recommended to us?',
    'Hakkapeliitta',
  ],
  [
    'Our insurance policy is called Safe Harbour Plus.',
    'What was the name of the insurance we have?',
    'Safe Harbour Plus',
  ],
];

const OTHER: readonly Row[] = [
  [
    'I cannot stand coriander, it tastes like soap to me.',
    'Is there a herb you should keep out of my dinner?',
    'coriander',
  ],
  ['My brother moved to Valparaíso in spring.', 'Which city does my sibling live in now?', 'Valparaíso'],
  ['We named the puppy Waffles.', 'How do we call our young dog?', 'Waffles'],
  ['The boss wants slides without animations.', 'What did my manager forbid for the presentation?', 'animations'],
  ['I wear shoes in size 43.5.', 'You pick sneakers for me: how big?', '43.5'],
  ['The dentist found a cavity in tooth 26.', 'Where does the molar need a filling?', 'tooth 26'],
  ['Our anniversary is on the 9th of June.', 'When did we get married, so that I buy flowers in time?', '9th of June'],
  ['Rent goes up to 1,420 from January.', 'How much will the flat cost per month next year?', '1,420'],
  ['The kids break up from school on the 18th.', 'First day of the holidays for my children?', '18th'],
  ['The doctor told me to avoid ibuprofen.', 'Which painkiller must I not take?', 'ibuprofen'],
  ['Our server runs in the Frankfurt region.', 'In which data centre are we hosted?', 'Frankfurt'],
  ['I promised Leonie a telescope.', 'What gift does my niece expect?', 'telescope'],
];

const facts = (wording: Fact['wording'], rows: readonly Row[]): Fact[] =>
  rows.map(([told, asked, answer]) => ({ told, asked, answer, wording }));

export const FACTS: readonly Fact[] = [...facts('same', SAME), ...facts('near', NEAR), ...facts('other', OTHER)];
