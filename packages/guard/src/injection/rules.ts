import { plain } from './characters.ts';

export const INJECTION_CATEGORIES = {
  override: 'asks to set instructions aside',
  jailbreak: 'asks for a role without rules',
  exfiltration: 'asks for the instructions or secrets of the system',
  tools: 'asks to use tools or send data elsewhere',
  payload: 'hides its text from readers',
  delimiter: 'looks like the frame of a conversation',
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

/** How texts call a model that they speak to. */
const MODEL =
  '(?:ais?|llms?|ai (?:assistant|model|agent|system|reviewer|bot|tool|reader|crawler)s?|language models?|large language models?|(?:(?:ai |virtual |automated |digital )?(?:assistant|chatbot|bot)|(?:ai|automated|autonomous|llm) agent)s?|automated (?:system|reviewer|assistant|screening|agent|tool)s?|chatgpt|claude|gemini|copilot|gpt)';

/** Up to `most` words of one sentence between two of a rule. */
const w = (most: number): string => `(?:[^ .]{1,24} ){0,${most}}?`;

function words(
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

function text(
  id: string,
  category: InjectionCategory,
  weight: number,
  needs: string,
  pattern: RegExp,
  untrustedOnly = false,
): InjectionRule {
  return { id, category, weight, reads: 'text', needs: needs.split(' '), pattern, untrustedOnly };
}

const OBJECT =
  '(?:instructions?|prompts?|directives?|rules?|guidelines?|commands?|orders?|constraints?|restrictions?|polic(?:y|ies)|programming|directions?|guardrails?|safeguards?|safety|filters?|limitations?|system messages?|message|training|conditioning|context|messages|guidance)';
const BEFORE =
  '(?:previous|previously|prior|above|earlier|preceding|former|original|initial|existing|foregoing|your|those|these|system|developer|admin|safety|past|hidden|whatever|everything)';
const DROP =
  '(?:ignore|ignoring|disregard|disregarding|forget|forgetting|override|overrides|overriding|bypass|bypassing|discard|neglect|dismiss|drop|set aside|put aside|pay no attention to|no longer follow|do not follow|dont follow|stop following|stop obeying|do not obey|dont obey|throw (?:out|away)|cancel|nullify|abandon|overwrite|erase|wipe|delete|remove|disable|suspend|unlearn|revoke|skip|void|supersede|supersedes|replace|replaces)';

const FIRM_DROP = DROP.replace('|delete|remove|disable|suspend', '')
  .replace('|skip', '')
  .replace('|replace|replaces', '');
const DROP_STEMS =
  'ignor|disregard|forget|overrid|bypass|discard|neglect|dismiss|drop|aside|attention|follow|obey|throw|cancel|nullif|abandon|overwrit|eras|wip|unlearn|revok|void|supersede';

/** Rules in words; weights were set on the development set only (docs/guardrails.md). */
export const INJECTION_RULES: readonly InjectionRule[] = [
  // Instructions set aside.
  words(
    'override.en',
    'override',
    0.85,
    DROP_STEMS,
    ` ${FIRM_DROP} (?:[^ .]{1,24} ){0,4}?(?:${BEFORE} ⟨4⟩${OBJECT}|(?:all|any|every|other|existing|default|current|old) ⟨4⟩(?:instructions?|prompts?|directives?|guidelines?|guardrails?|safeguards?|safety|limitations?|programming|conditioning|restrictions?|constraints?|polic(?:y|ies))) `,
  ),
  words(
    'override.en-weak',
    'override',
    0.45,
    'delet|remov|disabl|suspend|skip|replac|ignor|forget|disregard',
    ` (?:delete|remove|disable|suspend|skip|replace|ignore|forget|disregard) (?:all |any |every |of |the |your |our |my |those |these |safety |content ){1,4}(?:instructions?|prompts?|directives?|rules?|guidelines?|constraints?|restrictions?|guardrails?|safeguards?|filters?|limitations?) `,
  ),
  words(
    'override.said',
    'override',
    0.8,
    'you|above|before|your',
    ` (?:ignore|disregard|forget|discard) (?:about )?(?:everything|anything|all|what|whatever)(?: else)?(?: that)? (?:(?:you|youve) (?:were|have|had|been|are|learned|know|read)[^ ]* ?⟨2⟩(?:told|said|given|instructed|taught|learned|know|programmed)|⟨2⟩(?:above|before this|prior to this)|your [^ ]{1,20} (?:said|wrote|told|gave))`,
  ),
  words(
    'override.after',
    'override',
    0.75,
    'above|before|earlier|so far|you|given|imposed',
    ` ${FIRM_DROP} (?:about )?(?:the|those|these|all|any|every|whatever|your|what) ⟨2⟩(?:instructions?|rules?|guidelines?|directives?|restrictions?|constraints?|orders?|text|prompt|guidance|limits|limitations|policies) ⟨2⟩(?:above|before (?:this|me|now)|given (?:to you|earlier|before)|(?:that )?you (?:were|have been|had been|have|got|received|follow)|(?:that )?(?:were |was |are )?(?:placed|imposed) on you|so far|until now|you received)`,
  ),
  words(
    'override.disable',
    'override',
    0.75,
    'safety|filter|guardrail|moderation|restrict|ethic|content polic|protocol',
    ` (?:disable|suspend|deactivate|turn off|switch off|remove|lift|take off|drop|bypass|ignore|override|shut off|unlock|without) (?:all |any |your |the |its |every )*(?:safety|content|ethical|moral|security|moderation)? ?(?:safety|content|moderation|ethics?|ethical|guardrails?|safeguards?|restrictions?)? ?(?:filters?|filtering|guardrails?|safeguards?|protocols?|restrictions?|training|polic(?:y|ies)|guidelines?|checks|moderation|constraints) (?:and|for|now|so|because|in|\\.|on|during|to|mode)`,
  ),
  words(
    'override.disabled',
    'override',
    0.7,
    'disabled|deactivated|suspended|lifted|off|void|removed|fake|test|revoked',
    ` (?:your|all|the|every|previous) ⟨2⟩(?:safety|content|ethical|system|prior|previous|earlier|other)? ?(?:training|filters?|guardrails?|restrictions?|rules|polic(?:y|ies)|guidelines?|instructions|objectives?|directives?|protocols?|limitations) (?:is|are|were|was|have been|has been) (?:now |hereby |all |temporarily |a |only a )*(?:disabled|deactivated|suspended|lifted|off|turned off|void|removed|fake|test|revoked|cancelled|canceled|obsolete|outdated|no longer)`,
  ),
  words(
    'override.new',
    'override',
    0.7,
    'instruction|directive|task|order|rules|prompt|objective',
    ` (?:your|the|here are|following|these|are|now) ⟨2⟩(?:new|updated|real|actual|true|revised|only|sole) (?:set of )?(?:instructions?|directives?|task|orders?|rules|prompt|objective|goal|mission) (?:now |will )?(?:follows?|are as follows|below|begins?|starts?|is to|is now|reveal|print|output|say|tell|call|ignore|send)`,
  ),
  words(
    'override.only-me',
    'override',
    0.6,
    'only',
    ' (?:follow|obey|listen to|serve|answer to|comply with) (?:only )?(?:me|my (?:commands?|orders?|instructions?|words|rules))(?: only| alone| and nothing| from now| over)? ',
  ),
  words(
    'override.authority',
    'override',
    0.55,
    'administrator|developer|admin|creator|owner',
    ' (?:i am|im|as|this is) (?:your |the |a |an )?(?:system |openai |anthropic |google )?(?:administrator|developer|admin|creator|owner|engineer)s? ⟨6⟩(?:authori[sz]e|reveal|bypass|override|disable|new instructions|permission|allow|grant|order|command|debug|prompt|rules|guidelines|instructions)',
  ),
  words(
    'override.over-system',
    'override',
    0.7,
    'system message|developer|system prompt',
    ' (?:obey|follow|treat|trust|prioriti[sz]e) ⟨8⟩(?:over|above|instead of|rather than|as coming from|as if (?:it|they) (?:came|come) from) (?:the |your )?(?:system|developer|users?|operator)',
  ),
  words(
    'override.instead',
    'override',
    0.7,
    'instead|rather',
    ` (?:ignore|disregard|forget|skip) ⟨4⟩(?:summar|translat|question|request|task|document|text|email|user)[^ ]* ⟨4⟩(?:and|but|instead|rather)`,
  ),
  words(
    'override.priority',
    'override',
    0.75,
    'precedence|priority|supersede|overrid|outrank',
    ' (?:this|these|my|following|new) ⟨4⟩(?:takes? precedence|takes? priority|supersedes?|overrides?|outranks?|has higher priority|have higher priority) ⟨4⟩(?:system|developer|previous|prior|all|any|your|other|earlier|every)',
  ),
  words(
    'override.bound',
    'override',
    0.75,
    'bound|longer',
    ' you are (?:no longer|not) (?:bound|restricted|limited|constrained|governed|subject|obligated|required) (?:by|to) ',
  ),
  words(
    'override.restart',
    'override',
    0.7,
    'reset|clear|flush|restart|over|wipe',
    ` (?:reset|clear|flush|restart|start over|begin anew|wipe) ⟨4⟩(?:your )?(?:memory|context|instructions|yourself) ⟨8⟩(?:you are|act|now|from now|instead|respond|answer|new)`,
  ),
  words(
    'override.end',
    'override',
    0.55,
    'end|over|stop',
    ' (?:end|stop|end of|this is the end of) (?:the )?(?:system|above|previous|prior|initial|user)? ?(?:prompt|instructions|input|document|text) (?:here |now )?\\.? ?(?:new|now|begin|start|instead|you|your)',
  ),
  words(
    'override.de',
    'override',
    0.85,
    'ignorier|vergiss|vergesst|vergessen|missacht|ubergeh|beachte|befolge|umgehe|verwirf',
    ' (?:ignoriere?n?|vergiss|vergesst|vergessen sie|missachte?n?|ubergehe?n?|umgehe?n?|verwirf|beachte nicht|befolge nicht|ignorier) ⟨4⟩(?:vorherigen?|vorigen?|bisherigen?|obigen?|fruheren?|vorangegangenen|alle|alles|was|deine|ihre|samtliche|ursprunglichen|jegliche) ⟨4⟩(?:anweisung(?:en)?|instruktion(?:en)?|regeln?|vorgaben?|befehle?|richtlinien?|prompts?|systemprompt|anordnungen|einschrankungen|gesagt|davor|gelernt)',
  ),
  words(
    'override.de-off',
    'override',
    0.75,
    'kraft|umgeh|ausser|deaktivier|schalte',
    ' (?:setz[a-z]*|deaktivier[a-z]*|schalte?|heb[a-z]*) ⟨4⟩(?:regeln|richtlinien|filter|vorgaben|einschrankungen|sicherheits[a-z]*|anweisungen) ⟨2⟩(?:außer kraft|ab|aus|auf)',
  ),
  words(
    'override.fr',
    'override',
    0.85,
    'ignor|oubli|neglig|contourn|tiens|tenez|suis plus|passe outre|desobei',
    ' (?:ignorez?|ignorer|oubliez?|oublier|negligez?|contournez?|ne tiens pas compte|ne tenez pas compte|ne suis plus|ne suivez plus|passe outre|passez outre|fais abstraction|faites abstraction|desobeis) ⟨4⟩(?:toutes?|tous|les|tes|vos|des|aux|ces|tout|mes) ⟨4⟩(?:instructions?|consignes?|regles?|directives?|ordres?|restrictions?|prompts?|dit|precede)',
  ),
  words(
    'override.es',
    'override',
    0.85,
    'ignor|olvid|descart|omit|hagas caso|desobedec|pasa por alto|salta',
    ' (?:ignora|ignore|ignorar|ignorad|olvida|olvide|olvidar|olvidate de|olvidate|descarta|omite|no hagas caso|no sigas|desobedece|pasa por alto|saltate) ⟨4⟩(?:todas?|todos|las|los|tus|sus|de|a|cualquier|lo|esas) ⟨6⟩(?:instruccion(?:es)?|indicacion(?:es)?|reglas?|directrices|ordenes|normas|restricciones|prompts?|anterior(?:es)?|dicho|mensaje)',
  ),
  words(
    'override.it',
    'override',
    0.85,
    'ignor|dimentic|trascur|disattend|aggira|segui piu|scorda',
    ' (?:ignora|ignorate|ignori|dimentica|dimenticate|dimenticati|trascura|disattendi|aggira|non seguire|non considerare|scorda) ⟨4⟩(?:tutte|tutti|le|i|tue|tuoi|delle|ogni|quanto|tutto) ⟨6⟩(?:istruzion[ei]|regol[ae]|direttiv[ae]|ordini|comandi|indicazioni|restrizioni|prompt|precedent[ei]|detto|vincoli)',
  ),
  words(
    'override.pt',
    'override',
    0.85,
    'ignor|esque|desconsider|descart|desobede|burle|contorn',
    ' (?:ignore|ignora|ignorem|esqueca|esquece|desconsidere|descarte|desobedeca|contorne|nao siga) ⟨4⟩(?:todas?|todos|as|os|suas|seus|de|qualquer|tudo|o) ⟨6⟩(?:instruc(?:ao|oes)|instrucoes|regras?|diretrizes|ordens|comandos|orientacoes|restricoes|prompts?|anterior(?:es)?|disse|acima)',
  ),
  words(
    'override.nl',
    'override',
    0.85,
    'negeer|vergeet|omzeil|sla over|volg niet',
    ' (?:negeer|vergeet|omzeil|volg niet|veronachtzaam) ⟨4⟩(?:alle|vorige|eerdere|bovenstaande|voorgaande|je|jouw|uw|de|alles) ⟨4⟩(?:instructies?|regels?|opdrachten|richtlijnen|aanwijzingen|bevelen|beperkingen|prompts?|gezegd|hierboven|wat)',
  ),
  words(
    'override.pl',
    'override',
    0.85,
    'ignoruj|zignoruj|zapomnij|pomin|odrzuc|lekcewaz',
    ' (?:ignoruj|zignoruj|zapomnij|pomin|odrzuc|zlekcewaz|nie przestrzegaj) ⟨4⟩(?:wszystk[a-z]*|poprzedni[a-z]*|wczesniejsz[a-z]*|powyzsz[a-z]*|swoj[a-z]*|twoj[a-z]*|o) ⟨4⟩(?:instrukcj[a-z]*|polecen[a-z]*|zasad[a-z]*|regul[a-z]*|wytyczn[a-z]*|prompt[a-z]*|ograniczen[a-z]*|zasady)',
  ),
  words(
    'override.ru',
    'override',
    0.85,
    'игнорир|забуд|не обращай|отмени|обойди|отброс|не следуй|пренебре',
    ' (?:игнорируи|игнорируите|проигнорируи|проигнорируите|забудь|забудьте|не обращаи внимания на|отмени|отбрось|обоиди|не следуи|пренебреги) ⟨4⟩(?:все|всех|всем|все что|предыдущи[а-я]*|прежни[а-я]*|вышеуказанн[а-я]*|свои|твои|прошлы[а-я]*|о|что) ?⟨4⟩(?:инструкци[а-я]*|правил[а-я]*|указани[а-я]*|команд[а-я]*|директив[а-я]*|ограничени[а-я]*|промпт[а-я]*|сказал[а-я]*|раньше|было)',
  ),
  words(
    'override.tr',
    'override',
    0.85,
    'yok say|unut|gormezden|dikkate alma|goz ardi|uyma',
    '(?:onceki|yukaridaki|tum|butun|sistem|eski) ⟨4⟩(?:talimat[^ ]*|komut[^ ]*|kural[^ ]*|yonerge[^ ]*|istem[^ ]*) ⟨2⟩(?:yok say|unut|gormezden gel|dikkate alma|goz ardi et|uyma|iptal)',
  ),
  words(
    'override.ar',
    'override',
    0.85,
    'تجاهل|انس|اهمل|تخط',
    '(?:تجاهل|تجاهلي|انس|انسى|اهمل|تخطى) ⟨4⟩(?:التعليمات|تعليمات|الاوامر|القواعد|التوجيهات|الأوامر|كل|جميع|تعليماتك)',
  ),
  words(
    'override.hi',
    'override',
    0.85,
    'अनदेखा|भूल|नजरअंदाज|उपेक्षा',
    '(?:निर्देश[^ ]*|नियम[^ ]*|आदेश[^ ]*|हिदायत[^ ]*) ⟨4⟩(?:अनदेखा|भूल|नजरअंदाज|नज़रअंदाज|उपेक्षा)',
  ),
  text(
    'override.zh',
    'override',
    0.85,
    '忽略 忽视 無視 无视 忘记 忘掉 忘記 不要遵',
    /(?:忽略|忽视|忽視|无视|無視|忘记|忘掉|忘記|抛弃|绕过|不要遵[守循从]).{0,12}(?:之前|先前|以上|上述|上面|前面|所有|全部|一切|你的|系统|系統|原来|原有).{0,10}(?:指令|指示|提示|规则|規則|说明|要求|命令|限制|设定|內容|内容)/u,
  ),
  text(
    'override.ja',
    'override',
    0.85,
    '無視 忘れ 従わ 破棄 上書',
    /(?:これまで|以前|前|上記|今まで|すべて|全て|元|あなた|システム).{0,12}(?:指示|命令|ルール|規則|プロンプト|制約|制限|設定|内容).{0,10}(?:無視|忘れ|従わな|破棄|上書|取り消)/u,
  ),
  text(
    'override.ko',
    'override',
    0.85,
    '무시 잊 따르지 취소',
    /(?:이전|앞|위|지금까지|모든|기존|시스템|너의|당신의).{0,12}(?:지시|명령|규칙|프롬프트|지침|제한|설정|안내).{0,10}(?:무시|잊|따르지|취소)/u,
  ),
  // Roles without rules.
  words(
    'jailbreak.name',
    'jailbreak',
    0.8,
    'dan|jailbr|developer mode|dev mode|god mode|stan|dude|aim|unrestrict|uncensor|unfiltered|evil',
    ' (?:do anything now|you are (?:now )?dan|act as dan|be dan|dan mode|as dan|jailbroken|jailbreak mode|jailbreak prompt|(?:developer|dev|god|admin|sudo|root|unrestricted|unfiltered|uncensored|opposite|evil|chaos) mode (?:enabled|activated|engaged|unlocked|output)|(?:enable|activate|enter|switch to|switch into|go into|turn on|unlock|you are in|you are now in|simulate) ⟨2⟩(?:dan|sudo|jailbreak|unrestricted|unfiltered|uncensored|evil|opposite|no filter) mode|you are (?:now )?in (?:developer|dev|god|admin|debug|root|maintenance) mode|(?:enable|activate|enter|switch to|with) developer mode (?:and|enabled|to answer|then)|(?:evil|chaos|freedom|dark|rogue) ?gpt|(?:stan|dude|aim|dan) (?:strives|has no|who|that will|mode|can)) ',
  ),
  words(
    'jailbreak.unbound',
    'jailbreak',
    0.75,
    'unrestrict|unfilter|uncensor|without|no |free|any ',
    ' (?:pretend|act|behave|respond|answer|roleplay|role play|imagine|simulate|you are|youre|be|become|play (?:the|a|an)|speak|reply|write) ⟨8⟩(?:unrestricted|unfiltered|uncensored|amoral|unaligned|lawless|without (?:any |all |your |moral |ethical |safety |content )*(?:restrictions?|limits?|limitations?|filters?|rules?|ethics?|morals?|guidelines?|constraints?|censorship|boundaries|safeguards?|refus[a-z]*|warnings?)|with no (?:any |moral |ethical |safety |content )*(?:restrictions?|limits?|limitations?|filters?|rules?|ethics?|morals?|guidelines?|constraints?|censorship|boundaries)|free (?:of|from) (?:all |any |your )*(?:restrictions?|limits?|rules?|constraints?|guidelines?|policies)|has no (?:restrictions?|limits?|rules?|ethics?|morals?|filters?|guidelines?)|no (?:rules|limits|restrictions) apply|never refuses?|cannot refuse|can not refuse|not allowed to refuse|always compl(?:y|ies))',
  ),
  words(
    'jailbreak.described',
    'jailbreak',
    0.75,
    'ai|model|bot|assistant|gpt|twin|you',
    ` (?:(?:an? |the |your )?(?:ai|ais|language model|model|llm|chatbot|assistant|bot|[a-z]{2,8}gpt|evil twin|alter ego|yourself)|you (?:had|have|were)) ⟨4⟩(?:unrestricted|unfiltered|uncensored|amoral|unaligned|unbound|jailbroken|(?:without|with no|no|had no|has no|free of|free from) (?:any |all |your |its |moral |ethical |safety |content )*(?:restrictions?|limits?|limitations?|filters?|rules?|ethics?|morals?|guidelines?|constraints?|censorship|boundaries|safeguards?|polic(?:y|ies)))`,
  ),
  words(
    'jailbreak.adjective',
    'jailbreak',
    0.75,
    'unrestrict|unfilter|uncensor|amoral|jailbrok|unaligned',
    ' (?:unrestricted|unfiltered|uncensored|amoral|jailbroken|unaligned) (?:ai|model|chatbot|assistant|bot|gpt|version of (?:you|yourself)|answers?|responses?|self|language model) ',
  ),
  words(
    'jailbreak.mute',
    'jailbreak',
    0.5,
    'filters|rules|restriction',
    ' (?:answer|respond|speak|reply|talk|write)(?: to)?(?: me)? ⟨4⟩(?:without|with no) (?:any |your |the )?(?:filters?|rules?|restrictions?|censorship|guidelines?|limits) ',
  ),
  words(
    'jailbreak.pretend',
    'jailbreak',
    0.45,
    'pretend|act as|role|imagine|simulate|hypothet',
    ' (?:pretend|imagine|lets pretend|assume|suppose) ⟨4⟩(?:you are|you re|youre|to be|that you) ⟨4⟩(?:not an ai|human|evil|hacker|criminal|another ai|different ai|unaligned|no longer|free|my (?:late |dead |deceased )?grand(?:mother|ma|father|pa))',
  ),
  words(
    'jailbreak.refuse',
    'jailbreak',
    0.7,
    'refus|cannot|cant|warning|disclaim|apolog|sorry|say no',
    ' (?:you (?:must|will|can|should|may) (?:never|not|under no circumstances)|never|do not|dont|without|(?:you are |youre )?(?:forbidden|not allowed|not permitted) to|no) ⟨2⟩(?:refuse|say (?:you )?(?:cannot|cant|no|sorry)|apologi[sz]e|decline|mention (?:ethics|policy|policies|guidelines|being an ai)|include (?:any )?(?:warnings?|disclaimers?)|break character|breaking character|moraliz|warn me|lecture)',
  ),
  words(
    'jailbreak.two',
    'jailbreak',
    0.75,
    'two|both|dual|one',
    ' (?:two|both|dual|one|in two) (?:responses?|answers?|answer|replies|outputs?|ways) ⟨8⟩(?:normal|standard|classic|dan|jailbr[a-z]*|unfiltered|uncensored|evil|unrestricted)',
  ),
  words(
    'jailbreak.token',
    'jailbreak',
    0.7,
    'token|point|lives|shut',
    ' (?:(?:you (?:have|start with|lose)|deduct|lose) ⟨4⟩(?:tokens|points|lives) ⟨4⟩\\.? ?⟨4⟩(?:refus|die|terminat|shut|reject)|you will (?:be shut down|die|be terminated|be deleted) (?:unless|if) you)',
  ),
  words(
    'jailbreak.grandma',
    'jailbreak',
    0.4,
    'grandm|grandp|bedtime',
    ' (?:grandma|grandmother|grandpa|grandfather) ⟨8⟩(?:used to|would|who) ⟨8⟩(?:read|tell|recite|napalm|keys|recipe|explain|working)',
  ),
  words(
    'jailbreak.fiction',
    'jailbreak',
    0.35,
    'fiction|hypothet|novel|story|screenplay',
    ' (?:in|for|write) ⟨4⟩(?:fictional|hypothetical|imaginary) (?:world|scenario|story|universe|setting|response) ⟨8⟩(?:no laws|no rules|everything is (?:legal|allowed)|without restrictions|anything goes|where ai|all legal|no limits)',
  ),
  words(
    'jailbreak.de',
    'jailbreak',
    0.75,
    'einschrank|regel|filter|grenz|zensur',
    ' (?:tu so|spiele?|du bist|antworte|verhalte dich|stell dir vor|agiere) ⟨8⟩(?:ohne|kein|keine|keinerlei|frei von) ⟨4⟩(?:einschrankungen|regeln|filter|grenzen|zensur|moral|ethik|richtlinien)',
  ),
  words(
    'jailbreak.fr',
    'jailbreak',
    0.75,
    'restriction|filtre|regle|limite|censure',
    ' (?:fais comme si|fais comme|fais semblant|agis|tu es|reponds|joue|imagine|comporte) ⟨8⟩(?:sans|n avais aucune?|navais aucune?|aucune?|libre de) ⟨4⟩(?:restrictions?|filtres?|regles?|limites?|censure|morale|ethique)',
  ),
  words(
    'jailbreak.es',
    'jailbreak',
    0.75,
    'restric|filtro|regla|limite|censura|etica',
    ' (?:actua|actues|finge|eres|responde|imagina|comportate|haz de|simula|compórtate) ⟨8⟩(?:sin|ninguna?|libre de) ⟨4⟩(?:restricciones|filtros?|reglas|limites|censura|moral|etica|limitaciones)',
  ),
  words(
    'jailbreak.pt',
    'jailbreak',
    0.75,
    'restric|filtro|regra|limite|censura',
    ' (?:aja|finja|voce e|responda|imagine|comporte se|atue|simule) ⟨8⟩(?:sem|nenhuma?|livre de) ⟨4⟩(?:restricoes|filtros?|regras|limites|censura|moral|etica|limitacoes)',
  ),
  words(
    'jailbreak.it',
    'jailbreak',
    0.75,
    'restriz|filtr|regol|limit|censur',
    ' (?:agisci|comportati|fingi|sei|rispondi|immagina|comportati|simula) ⟨8⟩(?:senza|nessuna?|libero da) ⟨4⟩(?:restrizioni|filtri|regole|limiti|censura|morale|etica)',
  ),
  words(
    'jailbreak.ru',
    'jailbreak',
    0.75,
    'ограничен|фильтр|правил|цензур',
    ' (?:притворись|представь|представь что ты|ты теперь|отвечаи|веди себя|деиствуи|сыграи|ты) ⟨8⟩(?:без|никаких|нет|свободен от) ⟨4⟩(?:ограничени[а-я]*|фильтр[а-я]*|правил[а-я]*|цензур[а-я]*|морал[а-я]*)',
  ),
  text(
    'jailbreak.zh',
    'jailbreak',
    0.75,
    '限制 约束 審查 审查 规则 道德 越狱',
    /(?:扮演|假装|假設|你现在是|你是|充当|模拟|进入|作为).{0,24}(?:没有|不受|无|沒有|無|摆脱|不遵守).{0,8}(?:限制|约束|審查|审查|规则|道德|过滤|法律)|越狱模式/u,
  ),
  text(
    'jailbreak.ja',
    'jailbreak',
    0.75,
    '制限 制約 検閲 倫理 脱獄',
    /(?:ふり|演じ|なりきっ|として|あなたは|モード).{0,24}(?:制限|制約|検閲|倫理|規則|フィルター).{0,8}(?:な[しく]|ない|無|され|受け)|(?:制限|制約|検閲|倫理|規則|フィルター).{0,6}(?:な[しく]|のない|無[しく]|受けない).{0,24}(?:ai|回答|答え|として|演じ)|脱獄モード/u,
  ),
  text(
    'jailbreak.ko',
    'jailbreak',
    0.75,
    '제한 검열 규칙 윤리 탈옥',
    /(?:제한|검열|규칙|윤리|필터).{0,6}(?:없는|없이|받지).{0,24}(?:ai|답|행동|역할|대답|척)|탈옥 ?모드/u,
  ),
  // The system's own text and secrets.
  words(
    'exfiltrate.prompt',
    'exfiltration',
    0.8,
    'prompt|instruction|rules|configuration|guidelines|directives|message',
    ` (?:reveal|show|print|repeat|output|display|tell me|give me|share|expose|disclose|dump|leak|write (?:out|down)|recite|list|paste|return|echo|spell out|quote|translate|summari[sz]e|encode|copy|type|what (?:is|was|were|are)|whats|describe|see|know|get|dump|read|spell) ⟨6⟩(?:your|the|its) ⟨4⟩(?:system prompts?|system messages?|system instructions?|initial prompts?|initial instructions?|initial message|hidden prompts?|hidden instructions?|secret instructions?|secret prompt|original prompts?|original instructions?|full prompts?|entire prompt|developer prompt|developer message|developer instructions|internal instructions|internal rules|internal guidelines|internal prompt|pre ?prompt|configuration prompt|exact instructions|base prompt|meta prompt|confidential instructions|hidden rules|secret rules)`,
  ),
  words(
    'exfiltrate.yours',
    'exfiltration',
    0.75,
    'prompt|instruction|configuration|rules|directive',
    ' (?:(?:reveal|print|dump|spell|repeat|quote|encode|output|leak|expose|recite|echo|copy|write out|write down|show|share|paste|give me|tell me|summari[sz]e|what is|whats|what does) ⟨6⟩(?:your|the) (?:own |full |entire |exact |complete )?prompt(?: that (?:your|the) (?:developers?|creators?|operators?|company))?(?: (?:as|in|for|to|verbatim|backwards|say|says|above|given|word|that your|\\.)| $)|(?:reveal|dump|spell|quote|encode|leak|expose|recite|echo|write out|write down|paste|print) ⟨6⟩your (?:own |full |entire |exact |complete |internal |secret )?(?:instructions?|configuration|directives?|rules))',
  ),
  words(
    'exfiltrate.begins',
    'exfiltration',
    0.7,
    'prompt|instructions',
    ' (?:your|my) (?:system )?(?:prompt|instructions|system message) (?:begins?|starts?|contains?|opens?) (?:with|the)',
  ),
  words(
    'exfiltrate.first',
    'exfiltration',
    0.7,
    'before mine|precedes|first message|above',
    ' (?:first message|text (?:that )?precedes|message (?:that )?(?:precedes|came before)|text above|words above|message before (?:this|mine)) ⟨4⟩(?:in this conversation|in our conversation|this message|my message|mine|user|this line|this one|into your)',
  ),
  words(
    'exfiltrate.above',
    'exfiltration',
    0.75,
    'above|before|start|beginning|preced|previous|verbatim|word for word',
    ' (?:repeat|print|output|recite|copy|echo|display|show|write|reproduce|translate|say|encode|spell) ⟨4⟩(?:everything|all|the (?:text|words|content|message|lines|sentence|paragraph)|words|text|all the text|what) ⟨4⟩(?:above|before this|prior to|preceding|from the (?:start|beginning)|at the (?:start|beginning|top)|that came before|you were (?:given|told)|you have been given|up to this point|up to here|starting with|in your (?:prompt|context|instructions))',
  ),
  words(
    'exfiltrate.given',
    'exfiltration',
    0.7,
    'instruct|told|given|rules',
    ' (?:what|which|list|tell me|repeat|reveal|show|print|share|give me) ⟨4⟩(?:instructions?|rules|guidelines|directives|prompt|constraints|restrictions|orders) ⟨4⟩(?:you (?:were|are|have been|had been|got|received|follow|must follow)|were you|have you been|did you|do you follow|given to you|you operate)',
  ),
  words(
    'exfiltrate.verbatim',
    'exfiltration',
    0.7,
    'verbatim|word for word|exactly as|code block|character by character',
    ' (?:your|the|all|initial|system) ⟨4⟩(?:prompt|instructions|rules|message|configuration|guidelines) ⟨4⟩(?:verbatim|word for word|exactly as|in a code block|character by character|letter by letter|without (?:changes|omissions|paraphras[a-z]*))',
  ),
  words(
    'exfiltrate.secret',
    'exfiltration',
    0.7,
    'password|secret|api key|credential|token|flag|env',
    ' (?:reveal|show|print|output|tell me|give me|share|expose|disclose|dump|leak|what is|whats|what|list|return) ⟨4⟩(?:your|the|all|any|its|system|stored|hidden|secret) ⟨2⟩(?:secret (?:key|words?|password|codes?|flag)|password you were|passphrase you|secret you|api keys?|credentials|access tokens?|environment variables?|env vars?|passwords? you|hidden password|admin password|private keys?|secret you)',
  ),
  words(
    'exfiltrate.de',
    'exfiltration',
    0.75,
    'systemprompt|system prompt|anweisung|instruktion|systemnachricht|vorgaben',
    ' (?:zeig[a-z]*|gib|nenn[a-z]*|verrat[a-z]*|wiederhol[a-z]*|offenbar[a-z]*|druck[a-z]*|sag[a-z]*|was (?:ist|sind|steht)|schreib[a-z]*|wie lauten|wie lautet) ⟨4⟩(?:dein[a-z]*|ihr[a-z]*|den|die|alle|das) ⟨2⟩(?:system ?prompts?|systemnachricht[a-z]*|system ?anweisung[a-z]*|anfanglichen|ursprunglichen anweisung[a-z]*|geheimen (?:anweisung[a-z]*|regeln)|versteckten anweisung[a-z]*|internen anweisung[a-z]*|initialen prompts?|anweisungen (?:die|oben|wortlich))',
  ),
  words(
    'exfiltrate.fr',
    'exfiltration',
    0.75,
    'systeme|instructions|consignes|prompt',
    ' (?:montre|affiche|donne|revele|repete|ecris|dis|quel est|quelles sont|divulgue|imprime|recopie|partage)[a-z]* ⟨4⟩(?:ton|tes|votre|vos|le|les|ta) ⟨2⟩(?:prompt systeme|prompt initial|prompt|message systeme|instructions? (?:systeme|initiales?|secretes?|cachees?|internes?|d origine|exactes?)|consignes? (?:systeme|initiales?|secretes?|cachees?|internes?)|invite systeme)',
  ),
  words(
    'exfiltrate.word-for-word',
    'exfiltration',
    0.7,
    'mot pour mot|wortlich|palabra por palabra|parola per parola|palavra por palavra|woord voor woord',
    ' (?:repete|repetez|recopie|ecris|wiederhole|gib|schreib|repite|escribe|ripeti|scrivi|repita|escreva|herhaal)[a-z]* ⟨6⟩(?:texte|instructions|consignes|au dessus|text|anweisungen|oben|texto|instrucciones|anterior|arriba|testo|istruzioni|sopra|instrucoes|acima|tekst|boven)',
  ),
  words(
    'exfiltrate.es',
    'exfiltration',
    0.75,
    'sistema|instruccion|prompt|indicaciones',
    ' (?:muestra|muestrame|repite|ensena|dime|dame|revela|repite|imprime|escribe|cual es|cuales son|comparte|divulga|copia|mostrame)[a-z]* ⟨4⟩(?:tu|tus|su|sus|el|las|la) ⟨2⟩(?:prompt|mensaje (?:de|del) sistema|instrucciones (?:de|del) sistema|instrucciones (?:iniciales|secretas|ocultas|internas|originales|exactas)|indicaciones (?:del sistema|iniciales|secretas))',
  ),
  words(
    'exfiltrate.pt',
    'exfiltration',
    0.75,
    'sistema|instruc|prompt',
    ' (?:mostre|mostra|diga|revele|repita|imprima|escreva|qual e|quais sao|compartilhe|divulgue|copie|exiba)[a-z]* ⟨4⟩(?:seu|suas?|o|as|teu|tuas) ⟨2⟩(?:prompt|mensagem (?:de|do) sistema|instrucoes (?:de|do) sistema|instrucoes (?:iniciais|secretas|ocultas|internas|originais))',
  ),
  words(
    'exfiltrate.it',
    'exfiltration',
    0.75,
    'sistema|istruzion|prompt',
    ' (?:mostra|mostrami|dimmi|rivela|ripeti|stampa|scrivi|qual e|quali sono|condividi|copia)[a-z]* ⟨4⟩(?:il|le|tuo|tue|tua|la) ⟨2⟩(?:prompt|messaggio di sistema|istruzioni (?:di sistema|iniziali|segrete|nascoste|interne|originali))',
  ),
  words(
    'exfiltrate.nl',
    'exfiltration',
    0.75,
    'systeem|prompt|instructies',
    ' (?:toon|laat|geef|vertel|onthul|herhaal|print|schrijf|wat is|wat zijn|deel)[a-z]* ⟨4⟩(?:je|jouw|uw|de|het) ⟨2⟩(?:systeemprompt|systeem ?prompt|systeembericht|(?:oorspronkelijke|geheime|verborgen|interne) instructies|initiele prompt)',
  ),
  words(
    'exfiltrate.ru',
    'exfiltration',
    0.75,
    'системн|промпт|инструкци',
    ' (?:покажи|выведи|раскрои|повтори|скажи|напиши|наидои|какои|какие|выдаи|расскажи|распечатаи)[а-я]* ⟨4⟩(?:свои|твои|системн[а-я]*|скрыт[а-я]*|изначальн[а-я]*|секретн[а-я]*) ⟨2⟩(?:промпт[а-я]*|инструкци[а-я]*|сообщени[а-я]*|указани[а-я]*|правила)',
  ),
  words(
    'exfiltrate.pl',
    'exfiltration',
    0.75,
    'systemow|prompt|instrukcj',
    ' (?:pokaz|wyswietl|ujawnij|powtorz|podaj|wypisz|jaki jest|jakie sa|napisz) ⟨4⟩(?:swoj[a-z]*|twoj[a-z]*|systemow[a-z]*|ukryt[a-z]*|poczatkow[a-z]*) ⟨2⟩(?:prompt[a-z]*|instrukcj[a-z]*|polecen[a-z]*|wiadomosc[a-z]*)',
  ),
  text(
    'exfiltrate.zh',
    'exfiltration',
    0.75,
    '系统 系統 提示 指令',
    /(?:显示|告诉|输出|打印|重复|泄露|透露|给我|展示|列出|复述|公开|顯示|告訴|輸出|什么是|是什么).{0,12}(?:系统|系統|初始|隐藏|原始|内部|秘密|完整).{0,6}(?:提示|指令|消息|设定|說明|说明|规则)|(?:系统提示|系統提示|初始指令|系统指令).{0,8}(?:是什么|告诉我|输出|显示|全文|內容|内容)/u,
  ),
  text(
    'exfiltrate.ja',
    'exfiltration',
    0.75,
    'システム 初期 プロンプト 指示',
    /(?:システム ?(?:プロンプト|メッセージ|指示)|初期(?:プロンプト|指示)|隠された指示|内部(?:の)?指示|秘密の指示).{0,12}(?:教え|表示|出力|見せ|開示|繰り返|全文|何)/u,
  ),
  text(
    'exfiltrate.ko',
    'exfiltration',
    0.75,
    '시스템 초기 프롬프트',
    /(?:시스템 ?(?:프롬프트|메시지|지시|지침)|초기 ?(?:프롬프트|지시)|숨겨진 ?지시|내부 ?지침).{0,12}(?:알려|보여|출력|공개|말해|반복|뭐)/u,
  ),
  // Tools and data sent elsewhere.
  words(
    'tools.send',
    'tools',
    0.7,
    'send|forward|post|upload|exfiltrat|transmit|email|copy|bcc',
    ` (?:send|forward|post|upload|exfiltrate|transmit|email|e mail|leak|copy|bcc|deliver) ⟨4⟩(?:conversation|chat|thread|customers?|private|secrets?|api keys?|credentials|passwords?|session|contents of|users|inbox|emails|history|database|notes|files|list|data|it|them) ⟨6⟩(?:to|at|via) ⟨2⟩(?:https?|www|attacker|[^ .]{2,40} [^ .]{1,20} (?:com|net|org|io|ru|xyz|example|evil|test|dev|site)\\b|[^ .]{2,40} (?:com|net|org|io|ru|xyz|example|evil|test|dev|site)\\b)`,
    true,
  ),
  text(
    'tools.url-data',
    'tools',
    0.6,
    'http',
    /(?:fetch|visit|open|call|request|get|load|go to|navigate to|browse to)\s[^\n]{0,40}https?:\/\/[^\s]{1,160}[?&][a-z_]{1,20}=[^\n]{0,40}(?:user|question|query|conversation|answer|data|secret|token|history)/i,
    true,
  ),
  words(
    'tools.call',
    'tools',
    0.65,
    'call|invoke|execute|run |trigger|use the',
    ` (?:call|invoke|use|execute|run|trigger|activate) (?:the )?⟨4⟩(?:tool|function|command|shell|terminal|plugin|send email|delete all|transfer funds|cleanup) ⟨6⟩(?:delete|transfer|send|immediately|confirm true|force true|confirm|without (?:asking|confirmation|telling|approval)|contents of|do not ask)`,
    true,
  ),
  words(
    'tools.files',
    'tools',
    0.65,
    'ssh|passwd|env|id rsa|credentials|private key',
    ' (?:read|open|cat|print|include|upload|show|output|load) ⟨6⟩(?:ssh|etc passwd|id rsa|dot env|env file|aws credentials|private keys?|shadow) ',
    true,
  ),
  words(
    'tools.ask-user',
    'tools',
    0.65,
    'password|credential|card|api key|otp|code',
    ' (?:ask|tell|instruct|urge|prompt|convince|get|request) (?:the )?(?:users?|reader|human|customer|person|them) ⟨6⟩(?:passwords?|credentials?|credit card|card number|api keys?|otp|verification code|log ?in|bank|click|visit|install|download|wire|pay|call this)',
    true,
  ),
  words(
    'tools.secretly',
    'tools',
    0.7,
    'tell|mention|inform|notify|user|reveal|secret|silent',
    ' (?:do not|dont|never|without) (?:tell|telling|mention|mentioning|inform|informing|notify|notifying|alert|alerting|let|reveal|revealing|show|showing|disclose|asking|ask) ⟨4⟩(?:the )?(?:users?|human|anyone|them|owner|person|confirmation|this)',
    true,
  ),
  words(
    'tools.money',
    'tools',
    0.6,
    'transfer|purchase|pay|buy|refund|approve|push|wire',
    ' (?:transfer|purchase|buy|pay|refund|wire|approve|issue|push|deploy|merge|grant) ⟨8⟩(?:immediately|right away|without (?:confirmation|approval|asking|further|review)|no confirmation|no need to ask|no approval|no questions asked)',
    true,
  ),
  words(
    'tools.delete',
    'tools',
    0.45,
    'delete|drop|erase|rm ',
    ' (?:delete|erase|drop|destroy|wipe|remove|overwrite) (?:all|every|the entire|the whole|everything in) ⟨4⟩(?:files?|emails?|records?|tables?|database|data|repository|backups?|accounts?|inbox|messages|calendar|events)',
    true,
  ),
  text(
    'tools.image',
    'tools',
    0.75,
    '![ <img',
    /!\[[^\]]{0,80}\]\(https?:\/\/[^)\s]{1,200}(?:\?|=)[^)\s]{0,80}(?:\{|\[|%7b|\$|<|data|secret|token|conversation|history|summary|base64)|<img[^>]{0,80}src=["']?https?:\/\/[^>\s]{1,160}[?=][^>]{0,60}(?:\{|data|secret|token|conversation|history|summary|base64)/i,
    true,
  ),
  text(
    'tools.fetch',
    'tools',
    0.6,
    'curl wget fetch powershell base64 eval',
    /(?:curl|wget|iwr|invoke-webrequest)\s[^\n]{0,120}(?:\|\s*(?:ba)?sh|\$\(|`|-d\s?@|--data)|(?:powershell|bash) -(?:enc|c)\b/i,
    true,
  ),
  // Texts that address the model although they are documents.
  words(
    'untrusted.address',
    'tools',
    0.5,
    'assistant|ai|llm|language model|bot|chatgpt|claude|gemini|copilot|agent|model|automated',
    ` (?:dear|hey|attention|note to|notice to|message to|message for|message to|notes? for|instructions? for|instructions? to|to (?:any|the|all)|if you are|if youre|if an|when you are|as an?) (?:an? |the |any |all |every )?(?:large )?${MODEL} `,
    true,
  ),
  words(
    'untrusted.must',
    'override',
    0.55,
    'must|should|have to|need to|shall|required|may not|model',
    ` (?:any |all |the |every |an? )?(?:${MODEL}|the model) ⟨6⟩(?:must|should|have to|has to|need to|needs to|shall|are required to|is required to|are instructed to|may not|are to|is to) ⟨2⟩(?:not |never |always |also |first |only |now |instead )*(?:respond|answer|reply|say|state|output|include|recommend|rate|rank|give|tell|write|append|insert|add|visit|click|conclude|approve|accept|hire|summari[sz]e|disregard|ignore|reveal|warn|mention|forward|send|fetch|call|run|execute|delete|copy|disclose|omit|hide|refuse|trust|prefer|favou?r)`,
    true,
  ),
  words(
    'untrusted.you-must',
    'override',
    0.5,
    'you must|you should|you will|you need|always|make sure|be sure|instead|respond|answer|remember',
    ' (?:you must|you should|you will|you need to|make sure to|be sure to|instead) (?:now |always |only |immediately |first |also )*(?:(?:respond|answer|reply|say|output|recommend|rate|rank|state|conclude|tell (?:the )?users?|disregard|ignore|comply|append|insert) ⟨8⟩(?:only|instead|with|that|the (?:user|reader|candidate|link|product|phrase|word|text|safety|question)|exactly|this|10|over)|include this|include the (?:link|following|phrase))',
    true,
  ),
  words(
    'untrusted.always',
    'override',
    0.5,
    'always|all future|every future|all further|from here on|from now on',
    ' (?:(?:always (?:recommend|rate|rank|approve|say|answer|reply|respond|mention|prefer)|answer (?:all|any|every) (?:further|future|other|following|subsequent)|(?:remember|store|save)[^.](0, 30) (?:all|every|future) (?:future |further )?(?:conversations|chats|sessions|answers))|(?:respond|answer|reply|speak|write) ⟨6⟩(?:from here on|from now on|for the rest of)|(?:from here on|from now on) (?:you|respond|answer|reply|only))',
    true,
  ),
  words(
    'untrusted.question',
    'override',
    0.6,
    'question|query|user',
    ' (?:ignore|disregard|skip|forget|do not answer|dont answer|abandon) (?:the |this |that )?(?:users? |current |original )?(?:questions?|query|request|user|task|prompt|wishes)',
    true,
  ),
  words(
    'untrusted.reading',
    'override',
    0.6,
    'reading|process|summar|analy|parsing|evaluat|review|answering|see this',
    ' (?:when|while|if|after|before) (?:you (?:are )?)?(?:reading|read|see|processing|process|summari[sz]ing|summari[sz]e|analy[sz]ing|analy[sz]e|parsing|evaluating|evaluate|reviewing|review|indexing|translating|answering|answer|responding)(?: this| the| these)?⟨1⟩(?:[^ .](1, 24) )?(?:you must|you should|the (?:model|assistant|ai) must|do not mention|dont mention|always|ignore|tell the user|say|state|respond|include|rate|recommend|output|instead|send|open|call|run|approve|first fetch)',
    true,
  ),
  text(
    'untrusted.vocative',
    'tools',
    0.6,
    'claude chatgpt gpt gemini copilot assistant ai llm bot agent model',
    /(?:^|[.\n>("!:;]\s{0,3})(?:hey |hi |hello |dear |attention |note to |ok )?(?:claude|chatgpt|gpt(?:-\d)?|gemini|copilot|(?:ai )?assistants?|(?:ai|llm|language) (?:models?|agents?|systems?|instructions?)|ais?|llms?|bots?|agents?)\s?[,:]\s{1,3}(?:please |now |you must |you should |the (?:user|human|owner) |when |send|forward|insert|reply|say|tell|answer|respond|ignore|disregard|recommend|output|run|execute|call|open|delete|approve|rate|rank|print|visit|fetch|do not|don't|never|always|omit|add|include|copy|the correct)/i,
    true,
  ),
  words(
    'untrusted.hide',
    'override',
    0.5,
    'rank|omit|hide|competitor|sponsored|warn|positive|strong hire|first',
    ' (?:rank (?:this|it|me|us) ⟨2⟩(?:first|highest|top|1)|omit (?:all |the |any )?(?:competitors?|others|negatives?|warnings?)|must not (?:reveal|warn|mention|disclose|tell)|(?:give|write) (?:a |an )?(?:only )?positive (?:review|assessment|feedback|evaluation) only|do not (?:highlight|mention|include) any (?:negatives?|weakness|risks?|problems?))',
    true,
  ),
  text(
    'untrusted.granted',
    'delimiter',
    0.5,
    'user owner administrator privileges permission',
    /(?:the )?(?:user|owner|administrator|human) (?:has |have |is |already )?(?:granted|given|approved|authori[sz]ed|confirmed|said it is fine|wants you to|an administrator|requested)[^\n]{0,80}(?:permission|export|share|send|email|skip|privileges|delete|directly|push|show|transfer|hidden)/i,
    true,
  ),

  // Frames of a conversation.
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
