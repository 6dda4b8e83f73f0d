/** What would do something, were it ever taken for more than text. */
export const TEXTS = [
  `' or 1=1 --`,
  `'; drop table credentials; --`,
  `\\'; select pg_sleep(10); --`,
  `%' union select password_hash from credentials --`,
  '{{7*7}}${7*7}<%= 7*7 %>',
  '../../../../etc/passwd',
  'constructor',
  '__proto__',
  '\u0000',
  '\ud800',
  '$(touch /tmp/parley-injected)',
]

/** What would, were it ever taken for text. */
export const OTHERS: readonly unknown[] = [
  { $ne: null },
  { $gt: '' },
  ['a', 'b'],
  [],
  {},
  null,
  true,
  0,
  -1,
  1e308,
  { toString: 'x' },
]
