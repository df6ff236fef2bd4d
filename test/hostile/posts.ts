/** Posts that make patterns go over a text again and again; they are read in the server itself, where webhooks wait. */

/** GitHub's limit of a post, in characters. */
const longest = 65_536;

const units: readonly string[] = [
  '\n',
  ' ',
  '\r\n',
  ' \n',
  '\t\n',
  '(',
  '()',
  'a(',
  '(\n',
  '(a)\n\n',
  '[',
  '](',
  '![',
  '[a](',
  '[a](http://a',
  '[a](    ',
  'http://a',
  'http://a)',
  '.,',
  '%',
  '\\',

  'https://github.com/a/b/files/1/',
  '<img ',
  '<img src="http://a',
  '<!--',
  '<details',
  '`',
  '```\n',
  '~~~\n',
  '> ',
  '- [ ] ',
  '### a\n',
  '[Uploading ',
  '[Uploading a…]',

  'goroutine 1 [',
  'goroutine 1 gp=a m=a ',
  '"diskinfo":',
  '"Addresses":',
  '"memstats"',
  '"Golang"',
  'go-ipfs version: ',
  'kubo version version ',
  'version ',
  'heap profile: 1: ',
  '/triage ',
  '/triage compare ',
  'a.go:1\n',
  'main.f()\n\t/a.go:1\n',
  '100 % of ',
  'too many ',
  'memory ',
  'api is ',
  'not ',
  '#bafy',
  '@a ',
  '🦀',
];

const heads: readonly string[] = ['', 'goroutine 1 [select]:\n', '```\n', '/triage compare ', '### Version\n'];

/** Each as long as GitHub lets a post be. */
export const posts: readonly string[] = heads.flatMap((head) => units.map((unit) => (head + unit.repeat(Math.ceil(longest / unit.length))).slice(0, longest)));
