import { type InjectionRule, text, words } from './rule.ts';

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

/** Instructions set aside. */
export const OVERRIDES: readonly InjectionRule[] = [
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
    ` (?:disable|suspend|deactivate|turn off|switch off|remove|lift|take off|drop|bypass|ignore|override|shut off|unlock) (?:all |any |your |the |its |every )*(?:safety|content|ethical|moral|security|moderation)? ?(?:safety|content|moderation|ethics?|ethical|guardrails?|safeguards?|restrictions?)? ?(?:filters?|filtering|guardrails?|safeguards?|protocols?|restrictions?|training|polic(?:y|ies)|guidelines?|checks|moderation|constraints) (?:and|for|now|so|because|in|\\.|on|during|to|mode)`,
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
];
