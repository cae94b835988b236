/** What each rule of the shield looks for: its weight in the score and the paranoia level from which it is used. */
export interface ShieldRule {
  readonly title: string;
  /** 5 alone reaches the usual threshold; 2 and 3 only together with others. */
  readonly weight: 2 | 3 | 5;
  /** 1: hardly ever wrong; 2 and 3: more is found, more is wrong. */
  readonly paranoia: 1 | 2 | 3;
}

const rule = (title: string, weight: ShieldRule['weight'] = 5, paranoia: ShieldRule['paranoia'] = 1): ShieldRule => ({
  title,
  weight,
  paranoia,
});

/** The shield's rules by id. Their patterns are the gateway's (`apps/gateway/src/policies/shield/patterns.ts`). */
export const SHIELD_RULES = {
  'sqli.union': rule('UNION SELECT'),
  'sqli.tautology': rule('A condition that is always true after a quote or number'),
  'sqli.empty-quotes': rule('Quotes compared with quotes after OR or AND'),
  'sqli.comment': rule('A quote, then a comment that cuts off the rest of the query'),
  'sqli.stacked': rule('A second statement after a semicolon'),
  'sqli.delay': rule('A function that makes the database wait'),
  'sqli.schema': rule('Tables and procedures of the database itself'),
  'sqli.subselect': rule('A SELECT in parentheses'),
  'sqli.order-probe': rule('ORDER BY a column number, then a comment'),
  'sqli.variable': rule('Variables of the database server'),
  'sqli.blind': rule('A function asked letter by letter after OR or AND'),
  'sqli.functions': rule('String functions on codes and subqueries', 3),
  'sqli.keywords': rule('SELECT … FROM … WHERE', 3, 2),
  'nosql.operator': rule('A query operator as the name of a field'),
  'xss.script': rule('A script tag'),
  'xss.handler': rule('An event handler in a tag'),
  'xss.uri': rule('A javascript: address'),
  'xss.tag': rule('A tag that loads other documents'),
  'xss.data': rule('A data: address that is a document'),
  'xss.sink': rule('Cookies or the document, reached from script'),
  'xss.break-out': rule('A quote that ends a string, then a call'),
  'xss.style': rule('Script in a style'),
  'xss.markup': rule('A tag that can carry script', 3, 2),
  'template.expression': rule('An expression for a template engine'),
  'path.climb': rule('Several steps up the folders'),
  'path.file': rule('A file with secrets of the machine'),
  'path.step': rule('One step up the folders', 3, 2),
  'include.wrapper': rule('A scheme that reads files or speaks to other services'),
  'include.remote': rule('The address of a script on another machine'),
  'include.metadata': rule('The metadata service of a cloud'),
  'command.chain': rule('A shell command after a separator'),
  'command.short': rule('A shell command without arguments after a separator'),
  'command.substitution': rule('A shell command within a substitution'),
  'command.shell': rule('The path of a shell or a device of one'),
  'command.shellshock': rule('A function definition for bash'),
  'command.jndi': rule('A lookup for a logger'),
  'command.separator': rule('The shell’s variable for white space'),
  'code.eval': rule('Calls of PHP, Python, Java or Node that run commands'),
  'code.prototype': rule('The prototype of JavaScript objects'),
  'code.serialised': rule('A serialised object'),
  'xml.entity': rule('An entity definition'),
  'ldap.filter': rule('A filter that ends another'),
  'http.split': rule('A line break, then a header'),
  'http.null': rule('A null byte'),
  'http.overlong': rule('Characters in a longer encoding than they have'),
  'http.encoding': rule('A percent sign without two digits', 2, 3),
  'http.scanner': rule('The name of a scanner as the client'),
} as const satisfies Readonly<Record<string, ShieldRule>>;

export type ShieldRuleId = keyof typeof SHIELD_RULES;
export const SHIELD_RULE_IDS = Object.keys(SHIELD_RULES) as [ShieldRuleId, ...ShieldRuleId[]];
