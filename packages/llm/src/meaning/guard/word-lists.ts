/** Words that change what a text means, for the guard against near misses; in English, and negations in some more languages. */

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');
const setOf = (text: string): ReadonlySet<string> => new Set(words(text));
const classOf = (rows: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(rows).flatMap(([name, text]) => words(text).map((word) => [word, name] as const)));

export const NEGATIONS = setOf(
  `not no never none nothing nobody nowhere neither nor without cannot except unless lacking lack avoid hardly non instead
   nicht kein keine keinen keiner keinem nie niemals ohne nichts pas jamais sans rien aucun aucune nunca sin nada ningún ninguna
   mai senza nessun não nem sem niet geen nooit zonder`,
);

/** Words of which there is another that turns the meaning round; by stem. */
export const TURNING = setOf(
  `increase decrease raise lower enable disable before after above below more less most least best worst better worse buy
   sell open close start stop begin end add remove minimum maximum min max first last left right inside outside hot cold
   warm cool fast slow early late earlier later old new young big small large tall short long high low deep shallow accept reject approve
   deny allow forbid block unblock lock unlock install uninstall import export upload download push pull send receive encrypt
   decrypt compress decompress win lose won lost gain loss profit true false yes positive negative safe unsafe legal illegal
   possible impossible valid invalid active inactive public private internal external incoming outgoing inbound outbound
   credit debit income expense asset liability lend borrow arrive depart arrival departure
   entrance exit subscribe unsubscribe follow unfollow connect disconnect attach detach show hide include exclude include
   ascending descending oldest newest cheap expensive cheapest dearest always rarely same different similar single married male female husband wife love hate advantage disadvantage benefit drawback strength weakness
   success failure success fail pass success cause cure prevent winter summer spring autumn north south east
   west domestic international indoor outdoor manual automatic synchronous asynchronous left mandatory optional required
   forward backward forwards backwards rise fall win grow shrink expand contract strong weak easy difficult
   dark heavy wet dry full empty rich poor clean dirty alive dead top bottom upper lower
   even odd major minor prefix suffix horizontal vertical sender recipient buyer seller
   employer employee landlord tenant lender borrower teacher student doctor patient refund charge deposit withdraw withdrawal
   activate deactivate mount unmount load unload commit revert merge split increment decrement absolute relative`,
);

/** Units, currencies and what else a number is of. */
export const UNITS = setOf(
  `km kilometer kilometre mile meter metre m cm mm inch foot feet ft yard kg kilogram g gram mg lb lbs pound ounce oz ton tonne l liter
   litre ml gallon pint cup celsius fahrenheit kelvin c f second minute hour day week month year decade century ms kb mb gb tb kib mib
   gib byte bit watt kw kwh volt amp mph kph usd eur gbp jpy chf inr dollar euro yen franc rupee cent percent degree calorie joule
   hertz hz acre hectare`,
);

export const DATES = setOf(
  `january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
   monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun today tomorrow yesterday tonight morning
   afternoon evening night noon midnight weekend weekday quarter q1 q2 q3 q4 now currently current previous next ago since until
   annual annually daily weekly monthly yearly hourly quarterly am pm bc ad`,
);

/** What sets the time or the force of a question. */
export const FORCE = classOf({
  past: 'was were did had been',
  future: 'will shall going',
  should: 'should ought',
  must: 'must',
  may: 'may might',
  would: 'would',
  if: 'if whether when while because although',
});

/** Who is spoken of. Two texts that speak of different people differ; one that speaks of nobody may be like either. */
export const PEOPLE = classOf({
  first: 'i me my mine myself we us our ours ourselves',
  second: 'you your yours yourself',
  he: 'he him his himself',
  she: 'she her hers herself',
  they: 'they them their theirs themselves',
});

/** What is asked for. */
export const ASKED = classOf({
  who: 'who whom whose',
  when: 'when',
  where: 'where',
  why: 'why',
  which: 'which',
  how: 'how',
});

/** “One” is not among them: it mostly stands for something else. */
export const NUMBER_WORDS: ReadonlyMap<string, string> = new Map(
  words(
    `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
     nineteen twenty`,
  ).flatMap((word, at) => (word === 'one' ? [] : [[word, String(at)] as const])),
);
export const MORE_NUMBERS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    thirty: '30',
    forty: '40',
    fifty: '50',
    sixty: '60',
    seventy: '70',
    eighty: '80',
    ninety: '90',
    hundred: '100',
    thousand: '1000',
    million: '1000000',
    billion: '1000000000',
    half: '0.5',
    double: 'x2',
    triple: 'x3',
    twice: 'x2',
    dozen: '12',
    second: '2.',
    third: '3.',
    fourth: '4.',
    fifth: '5.',
    once: 'x1',
  }),
);

/** Words that join phrases; a phrase begins with one. */
export const JOINING = setOf(
  'in on at for from to with without about during before after by of into than via using between against over under through as per',
);

/** Words without a meaning of their own; whatever is in another list counts there first. */
export const EMPTY = setOf(
  `a an the is are am be being do does has have get got that this these those there here it its just really actually so well ok okay
   please kindly also then too very quite some what can could i me my we us our you your one he him his she her they them their
   and or`,
);

/** Other words for the same, put in place of it; only where they are the same wherever they stand. */
export const SAME: ReadonlyMap<string, string> = new Map(
  Object.entries({
    pwd: 'password',
    passcode: 'password',
    app: 'application',
    apps: 'application',
    telephone: 'phone',
    tv: 'television',
    photo: 'picture',
    pic: 'picture',
    photograph: 'picture',
    movie: 'film',
    automobile: 'car',
    repair: 'fix',
    purchase: 'buy',
    begin: 'start',
    delete: 'remove',
    erase: 'remove',
    large: 'big',
    quick: 'fast',
    quickly: 'fast',
    rapidly: 'fast',
    sofa: 'couch',
    kid: 'child',
    children: 'child',
    kids: 'child',
    assist: 'help',
    colour: 'color',
    favourite: 'favorite',
    behaviour: 'behavior',
    centre: 'center',
    organisation: 'organization',
    analyse: 'analyze',
    program: 'programme',
    catalogue: 'catalog',
    traveling: 'travelling',
    cancelation: 'cancellation',
    info: 'information',
    docs: 'documentation',
    repo: 'repository',
    db: 'database',
    config: 'configuration',
    auth: 'authentication',
    env: 'environment',
    img: 'picture',
    ad: 'advertisement',
    bike: 'bicycle',
    fridge: 'refrigerator',
    plane: 'airplane',
    aeroplane: 'airplane',
    exam: 'examination',
    vacation: 'holiday',
    build: 'create',
    construct: 'create',
    obtain: 'receive',
    choose: 'pick',
    select: 'pick',
    mend: 'fix',
    shut: 'close',
    modify: 'change',
    alter: 'change',
    compute: 'calculate',
    determine: 'calculate',
    error: 'error',
    bug: 'error',
  }),
);

/** Small words that show a language. */
export const LANGUAGES: Readonly<Record<string, ReadonlySet<string>>> = {
  en: setOf('the is are of and to in how what do does my you i for with can'),
  de: setOf('der die das ist sind und ich wie was mein meine ein eine nicht für mit kann zu den'),
  fr: setOf('le la les est sont et je comment quel quelle mon ma un une pas pour avec peux des du'),
  es: setOf('el la los las es son y cómo como qué que mi un una no para con puedo del de'),
  it: setOf('il lo la gli è sono e come che cosa mio mia un una non per con posso del di'),
  pt: setOf('o os as é são e como que meu minha um uma não para com posso do da'),
  nl: setOf('de het is zijn en ik hoe wat mijn een niet voor met kan van'),
};
