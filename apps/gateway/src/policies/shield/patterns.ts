import type { ShieldRuleId } from '@parley/contracts/policies/shield-rules';

/** Parts of a request as rules tell them apart. */
export const PATH = 1;
export const QUERY = 2;
export const HEADER = 4;
export const FORM = 8;
/** Values, and names, of a JSON body. */
export const JSON_BODY = 16;
/** Other text of a body. */
export const TEXT = 32;
const ADDRESS = PATH | QUERY | HEADER | FORM;
const ANYWHERE = ADDRESS | JSON_BODY | TEXT;

/**
 * How a rule recognises what it looks for. Patterns see text that `plainText` has decoded and put in lower case. Every
 * repetition in them has an upper bound, so that a match costs at most a constant for each character.
 */
export interface Pattern {
  /** One of these must be in the text, else the expression is not tried. */
  readonly hints: readonly string[];
  readonly expression: RegExp;
  readonly where: number;
}

const pattern = (hints: readonly string[], expression: RegExp, where = ANYWHERE): Pattern => ({
  hints,
  expression,
  where,
});

const COMMANDS =
  'cat|ls|wget|curl|nc|ncat|netcat|bash|sh|zsh|ping|nslookup|dig|python[23]?|perl|ruby|php|powershell|cmd|rm|chmod|chown|' +
  'kill|ps|env|ifconfig|ipconfig|echo|sleep|touch|tftp|telnet|ssh|scp|awk|sed|tail|head|find|crontab|sudo|id|uname|whoami';
const BARE_COMMANDS = 'id|whoami|uname|ls|dir|ifconfig|ipconfig|netstat|printenv|pwd|hostname|reboot|shutdown';

export const PATTERNS: Readonly<Record<ShieldRuleId, Pattern>> = {
  'sqli.union': pattern(
    ['union'],
    /\bunion\b[\s(]{1,20}(?:all\b|distinct\b)?[\s(]{0,20}select\b[\s(]{0,20}(?:(?:all|distinct|top)\s{1,5})?(?:null\b|[*'"@(\d]|[\w.]{1,40}\s{0,5}(?:[,(#]|--|from\b|\|\|)|$)/,
  ),
  'sqli.tautology': pattern(
    ['=', ' like ', '<', '>'],
    /(?:^|['"`)\d])\s{0,5}(?:\bor\b|\band\b|\bxor\b|\|\||&&)\s{0,5}(?:not\s{1,3})?\(?\s{0,3}(?:(['"`]?)(\w{1,20})\1\s{0,3}(?:<=>|=|like|<>|!=|<|>)\s{0,3}\(?['"`]?\2(?!\w)|\d{1,6}\s{0,3}=\s{0,3}\d{1,6}\b)/,
  ),
  'sqli.empty-quotes': pattern(['=', 'like'], /['"]\s{0,5}\b(?:or|and)\b\s{0,5}['"]{1,2}\s{0,3}(?:=|like)/),
  'sqli.comment': pattern(['--', '#'], /['"]\s{0,5}\)?\s{0,5};?\s{0,5}(?:--(?:\s|-|$)|#\s{0,3}$)/),
  'sqli.stacked': pattern(
    [';'],
    /;\s{0,10}(?:drop\s{1,5}(?:table|database|user|view|schema|index)|alter\s{1,5}(?:table|user|database)|truncate\s{1,5}table|insert\s{1,5}into\s{1,5}[\w.]{1,60}\s{0,5}(?:\(|values|select)|update\s{1,5}[\w.]{1,60}\s{1,5}set\s{1,5}\w{1,60}\s{0,3}=|delete\s{1,5}from\s{1,5}[\w.]{1,60}\s{0,5}(?:where\b|;|--|$)|exec(?:ute)?\s{1,5}(?:xp_|sp_|immediate|master|\(|@)|declare\s{1,5}@|shutdown\b\s{0,5}(?:;|--|with|$)|grant\s{1,5}all|create\s{1,5}(?:table|user|procedure|function)\s{1,5}\w)/,
  ),
  'sqli.delay': pattern(
    ['sleep', 'benchmark', 'waitfor', 'receive_message', 'randomblob'],
    /\b(?:(?:pg_)?sleep\s{0,3}\(\s{0,3}\d|benchmark\s{0,3}\(\s{0,3}\d{1,12}\s{0,3},|waitfor\s{1,5}(?:delay|time)\s{0,5}['"(]|dbms_pipe\.receive_message|dbms_lock\.sleep|randomblob\s{0,3}\(\s{0,3}\d)/,
  ),
  'sqli.schema': pattern(
    ['schema', 'sys', 'xp_', 'sp_', 'pg_', 'sqlite_', 'file', 'xml', 'extractvalue', 'utl_', 'analyse'],
    /\b(?:information_schema\b|sys(?:objects|columns|databases)\b|sys\.(?:tables|user|schema)|xp_(?:cmdshell|dirtree|regread)|sp_(?:executesql|oacreate)|pg_(?:catalog|shadow|user|read_file|ls_dir)\b|sqlite_master\b|mysql\.user\b|load_file\s{0,3}\(|into\s{1,5}(?:out|dump)file\b|extractvalue\s{0,3}\(|updatexml\s{0,3}\(|utl_(?:http|inaddr|file)\b|procedure\s{1,5}analyse)/,
  ),
  'sqli.subselect': pattern(
    ['select'],
    /\(\s{0,5}select\s{1,5}(?:\*|count\s{0,3}\(|concat|char\s{0,3}\(|@@|top\s{1,5}\d|(?:[\w.]{1,40}\s{0,3},\s{0,3}){0,4}[\w.()]{1,40}\s{1,5}from\s{1,5}[\w.]{1,40}\s{0,5}(?:\)|where\b|limit\b|order\s|group\s|--))/,
  ),
  'sqli.order-probe': pattern(['by'], /['")\d]\s{0,5}(?:order|group)\s{1,5}by\s{1,5}\d{1,4}\s{0,3}(?:--|#|\/\*)/),
  'sqli.variable': pattern(['@@'], /@@(?:version|hostname|datadir|global|servername|identity)\b/),
  'sqli.blind': pattern(
    ['and', 'or'],
    /['")\d]\s{0,5}\b(?:or|and)\b\s{0,5}(?:not\s{1,3})?\(?\s{0,3}(?:exists|substring|substr|ascii|ord|length|char|mid|if|sleep|select)\s{0,2}\(/,
  ),
  'sqli.functions': pattern(
    ['char', 'chr', 'concat', 'hex', 'ascii', 'substr', 'mid', 'ord'],
    /\b(?:char|chr|concat|concat_ws|group_concat|unhex|ascii|substring|substr|mid|ord)\s{0,3}\(\s{0,3}(?:0x[0-9a-f]|\d{2,3}\s{0,3}[,)]|\(?\s{0,3}select\b|@@|user\s{0,3}\(|database\s{0,3}\(|version\s{0,3}\()/,
  ),
  'sqli.keywords': pattern(['select'], /\bselect\b.{1,100}\bfrom\b.{1,60}\b(?:where|limit|order\s{1,3}by)\b/),
  'nosql.operator': pattern(['$'], /(?:^|[[.])\$(?:ne|gt|gte|lt|lte|nin|regex|where|expr|function|accumulator)\]?$/),
  'xss.script': pattern(['script'], /<\s{0,5}\/?\s{0,5}script\b/),
  'xss.handler': pattern(
    ['on'],
    /(?:<[a-z!/][^<>]{0,200}[\s"'/]|["'](?:\s{0,5}|[\w\s=-]{0,80}[\s/]))on(?:error|load|click|focus|blur|mouse\w{2,8}|key\w{2,6}|toggle|begin|end|start|wheel|change|input|submit|reset|select|drag\w{0,8}|pointer\w{2,8}|animation\w{3,10}|transition\w{3,10}|touch\w{3,8}|page\w{3,5}|hashchange|resize|scroll|message|copy|cut|paste|finish|bounce|auxclick|dblclick|contextmenu|beforeprint|afterprint|unload|beforeunload|popstate|storage|invalid|search|show|play\w{0,4}|canplay|ended|abort|close)\s{0,5}=/,
  ),
  'xss.uri': pattern(
    ['script'],
    /(?:^|["'=(:\s])\s{0,5}(?:j\s?a\s?v\s?a|v\s?b|live)\s?s\s?c\s?r\s?i\s?p\s?t\s{0,3}:\s{0,3}[^\s]/,
    ADDRESS | JSON_BODY | TEXT,
  ),
  'xss.tag': pattern(
    ['<'],
    /<\s{0,3}(?:iframe|object|embed|applet|frameset|bgsound|base\s{1,3}href|meta\s{1,5}http-equiv|link\s{1,5}rel\s{0,3}=\s{0,3}["']?(?:import|stylesheet))\b/,
  ),
  'xss.data': pattern(['data:'], /\bdata:\s{0,3}(?:text\/html|application\/xhtml)/),
  'xss.sink': pattern(
    ['document', 'fromcharcode', 'localstorage', 'innerhtml', 'location'],
    /(?:\bdocument\s{0,2}\.\s{0,2}(?:cookie|write|domain)\b|\bdocument\s{0,2}\[\s{0,2}['"]cookie|\b(?:window|document|self|top)\s{0,2}\.\s{0,2}location\s{0,3}=|string\.fromcharcode\s{0,3}\(|\blocalstorage\.getitem\s{0,2}\(|\.innerhtml\s{0,3}=)/,
  ),
  'xss.break-out': pattern(
    ['('],
    /(?:['"]\s{0,5}[;)+\-*,]{1,3}\s{0,5}|<\/?\w{1,10}>\s{0,5})(?:alert|confirm|prompt|eval|fetch|import|settimeout|setinterval)\s{0,3}[(`]/,
  ),
  'xss.style': pattern(
    ['expression', 'binding', 'behavior', '@import'],
    /(?::\s{0,3}expression\s{0,2}\(|-moz-binding\s{0,3}:|behavior\s{0,3}:\s{0,3}url|<style[^>]{0,50}>\s{0,5}@import)/,
  ),
  'xss.markup': pattern(
    ['<'],
    /<\s{0,3}(?:svg|math|form|link|style|template|img|video|audio|details|marquee|isindex)\b/,
  ),
  'template.expression': pattern(
    ['{', '<%'],
    /(?:\{\{\s{0,5}(?:\d{1,8}\s{0,3}[*+]\s{0,3}['"]?\d|.{0,60}(?:constructor|__class__|__proto__|\$on\.|_self\.env|config\.items|cycler\.|lipsum\.))|(?:\$\{|#\{|\*\{|<%=)\s{0,5}(?:\d{1,8}\s{0,3}\*\s{0,3}\d|t\(java|"\.getclass|self\.|(?:new\s{1,3})?java\.lang|class\.forname|system\s{0,2}\(|`))/,
  ),
  'path.climb': pattern(['..'], /(?:\.{2,4}[/\\;]{1,4}){2,20}/, ADDRESS),
  'path.file': pattern(
    ['/', '\\', '.'],
    /(?:[/\\]etc[/\\](?:passwd|shadow|group|gshadow|sudoers|ssh[/\\])|[/\\]proc[/\\](?:self|\d{1,7})[/\\]|\b(?:boot|win)\.ini\b|windows[/\\]{1,2}system32|[/\\]\.ssh[/\\]|\bid_rsa\b|\.ht(?:passwd|access)\b|\bwp-config\.php|[/\\]\.git[/\\](?:config|head)|(?:^|[/\\])\.env(?:\.\w{1,20})?$|[/\\]\.aws[/\\]credentials|web-inf[/\\]web\.xml)/,
  ),
  'path.step': pattern(['..'], /(?:^|[/\\=])\.\.(?:[/\\]|$)/, ADDRESS),
  'include.wrapper': pattern(
    ['://', 'data:'],
    /\b(?:php|phar|expect|zlib|compress\.\w{2,6}|glob|gopher|dict|netdoc|jar:https?|file):\/\/|\bdata:text\/plain;base64,pd9/,
  ),
  'include.remote': pattern(
    ['http', 'ftp'],
    /^\s{0,5}(?:https?|ftps?):\/\/[^\s?#]{1,200}\.(?:php\d?|phtml|txt|sh|aspx?|jsp|cgi|pl)\?{0,1}(?:\?|&|%00|cmd=|$)/,
    QUERY | FORM,
  ),
  'include.metadata': pattern(
    ['169.254', 'metadata', '100.100', '0xa9fe', '2852039166'],
    /(?:169\.254\.169\.254|169\.254\.170\.2|metadata\.google\.internal|100\.100\.100\.200|0xa9fea9fe|\/\/2852039166)/,
  ),
  'command.chain': pattern(
    [';', '|', '&', '`', '\n'],
    new RegExp(
      `(?:[;|\`\\n]|&&?)\\s{0,5}(?:/(?:usr/)?bin/)?(?:${COMMANDS})(?:\\.exe)?(?:\\s{1,5}(?:-{1,2}[a-z]|[/~][\\w.]|\\d{1,3}(?:\\.\\d|\\s{0,3}(?:$|[;|&]))|\\$|https?:|\\.\\.?/|\\*)|\\s{0,3}<)`,
    ),
  ),
  'command.short': pattern(
    [';', '|', '&'],
    new RegExp(`(?:[;|]|&&)\\s{0,3}(?:${BARE_COMMANDS})\\s{0,3}(?:$|[;|&\`#])`),
    ADDRESS | JSON_BODY,
  ),
  'command.substitution': pattern(
    ['$(', '`'],
    new RegExp(
      `(?:\\$\\(\\s{0,3}(?:${COMMANDS}|${BARE_COMMANDS})\\b|\`\\s{0,3}(?:${COMMANDS}|${BARE_COMMANDS})\\b[^\`]{0,80}\`)`,
    ),
    ADDRESS,
  ),
  'command.shell': pattern(
    ['bin/', '/dev/', 'cmd', 'powershell'],
    /(?:\/(?:usr\/)?bin\/(?:ba|z|da|k|c)?sh\b|\/dev\/(?:tcp|udp)\/|\bcmd(?:\.exe)?\s{1,3}\/[ck]\b|\bpowershell(?:\.exe)?\s{1,3}-[a-z])/,
  ),
  'command.shellshock': pattern(['()'], /\(\)\s{0,5}\{\s{0,5}(?::|_|ignored|[a-z]{0,10})\s{0,3};?\s{0,5}\}\s{0,5};/),
  'command.jndi': pattern(
    ['${'],
    /\$\{\s{0,3}(?:jndi\s{0,3}:|\$\{|:{1,2}-|(?:lower|upper|env|sys|date|base64)\s{0,2}:[^}]{0,40}\}?[^}]{0,20}(?:jndi|ndi|dni|\$\{|\}n))/,
  ),
  'command.separator': pattern(['ifs'], /\$\{?ifs\b/),
  'code.eval': pattern(
    ['<?', '(', 'child_process', 'java.lang', 'processbuilder'],
    /(?:<\?(?:php|=)|\b(?:system|passthru|shell_exec|proc_open|popen|pcntl_exec)\s{0,3}\(\s{0,3}["'$]|\bphpinfo\s{0,2}\(\s{0,2}\)|\bbase64_decode\s{0,3}\(|\b(?:eval|assert)\s{0,3}\(\s{0,3}(?:\$_|base64|atob|require)|java\.lang\.(?:runtime|processbuilder)|getruntime\s{0,2}\(\)|\brequire\s{0,3}\(\s{0,3}['"](?:node:)?(?:child_process|fs|net|vm)['"]|\bchild_process\b|\bprocess\.mainmodule|__import__\s{0,3}\(|\bos\.(?:system|popen|execv)\s{0,3}\(|\bsubprocess\.(?:popen|call|run|check_output)\s{0,3}\()/,
  ),
  'code.prototype': pattern(['__proto__', 'prototype'], /(?:__proto__|constructor(?:\.|\[\s{0,2}["']?)prototype)/),
  'code.serialised': pattern(
    ['ro0ab', 'aced0005', ':{', ':"'],
    /^\s{0,3}(?:ro0ab[a-z0-9+/]{8}|aced0005[0-9a-f]{8}|o:\d{1,4}:"[\w\\]{1,100}":\d|a:\d{1,4}:\{[ios]:\d)/,
  ),
  'xml.entity': pattern(['<!'], /<!\s{0,3}entity\b/),
  'ldap.filter': pattern(
    [')('],
    /\)\s{0,3}\(\s{0,3}[|&!]?\s{0,3}\(?\s{0,3}[a-z]{1,30}\s{0,2}[~<>]?=\s{0,2}(?:\*|\))|\*\)\s{0,3}\(\s{0,3}[|&]/,
  ),
  'http.split': pattern(
    ['\n', '\r'],
    /[\r\n]\s{0,3}(?:set-cookie|location|content-type|content-length|transfer-encoding|host|x-[a-z-]{1,30})\s{0,3}:|[\r\n]\s{0,3}(?:http\/1\.|(?:get|post|put|delete)\s\/[^\r\n]{0,100}http\/)/,
    PATH | QUERY | FORM,
  ),
  'http.null': pattern(['\0'], /\0/),
  'http.overlong': pattern(['%c0', '%c1', '%e0%80', '%f0%80'], /%c[01]%[89ab][0-9a-f]|%e0%80%|%f0%80%80/),
  'http.encoding': pattern(['%'], /%(?![0-9a-f]{2})/),
  'http.scanner': pattern(
    [
      'sqlmap',
      'nikto',
      'nessus',
      'acunetix',
      'nuclei',
      'masscan',
      'zgrab',
      'dirbuster',
      'wpscan',
      'havij',
      'gobuster',
      'openvas',
      'w3af',
      'fuzz faster',
      'netsparker',
      'jorgee',
      'zmeu',
    ],
    /\b(?:sqlmap|nikto|nessus|acunetix|nuclei|masscan|zgrab|dirbuster|wpscan|havij|gobuster|openvas|w3af|fuzz faster u fool|netsparker|jorgee|zmeu)\b/,
    HEADER,
  ),
};
