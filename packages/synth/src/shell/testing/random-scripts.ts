import fc from 'fast-check'

/** Names that random scripts assign to; `w` counts the rounds of their `while` loops and is assigned nowhere else. */
const NAMES = ['x', 'y', 'z', 'n'] as const
const PATTERNS = ['a*', '*b', '?', '[a-c]*', '*', 'x', '[!a]', '"a*"', '$y*', '*[0-9]', 'a|b'] as const

const name = fc.constantFrom(...NAMES)
const integer = fc.oneof(fc.integer({ min: -3, max: 12 }).map(String), fc.constantFrom('0x1f', '010', '2#101', '64'))

/** A script in bash that ends by itself, prints the same each time, and touches nothing but files of its own directory. */
export function randomScript(): fc.Arbitrary<string> {
  return fc.array(statement(3, true), { minLength: 1, maxLength: 6 }).map((lines) => `${lines.join('\n')}\n`)
}

function arithmetic(depth: number): fc.Arbitrary<string> {
  const leaf = fc.oneof(integer, name, fc.constantFrom('$x', 'r[1]', '${#y}', '$#', '$?', 'r[n]'))
  if (depth === 0) return leaf
  const inner = arithmetic(depth - 1)
  return fc.oneof(
    leaf,
    fc.tuple(inner, fc.constantFrom(...BINARY), inner).map(([left, operator, right]) => `${left} ${operator} ${right}`),
    fc
      .tuple(inner, fc.constantFrom('<=', '>=', '==', '!=', '<', '>', '&&', '||', '&', '|', '^'), inner)
      .map((parts) => parts.join('')),
    inner.map((text) => `(${text})`),
    fc.tuple(fc.constantFrom('!', '~', '- ', '+ '), inner).map(([operator, text]) => `${operator}(${text})`),
    fc.tuple(inner, inner, inner).map(([test, then, otherwise]) => `(${test})?(${then}):(${otherwise})`),
    fc
      .tuple(name, fc.constantFrom('=', '+=', '-=', '*=', '|=', '&=', '^='), inner)
      .map(([variable, operator, text]) => `(${variable} ${operator} ${text})`),
    fc.tuple(name, fc.constantFrom('++', '--')).map(([variable, step]) => `${variable}${step}`),
  )
}

const BINARY = ['+', '-', '*', '/', '%', '<<', '>>', '**', ','] as const

/** What stands between `${` and `}`. */
function parameter(): fc.Arbitrary<string> {
  const operand = fc.constantFrom('a', 'b c', '', '*', '${y}', '"${z}"', '${n:-q}', "'a  b'", '$((n + 1))', '\\\\*')
  const pattern = fc.constantFrom(...PATTERNS)
  const small = fc.integer({ min: -3, max: 4 })
  return fc.oneof(
    name.map((variable) => `\${${variable}}`),
    name.map((variable) => `\${#${variable}}`),
    fc
      .tuple(name, fc.constantFrom(':-', '-', ':+', '+', ':='), operand)
      .map(([variable, operator, text]) => `\${${variable}${operator}${text}}`),
    fc
      .tuple(name, fc.constantFrom('#', '##', '%', '%%'), pattern)
      .map(([variable, operator, text]) => `\${${variable}${operator}${text}}`),
    fc
      .tuple(name, fc.constantFrom('/', '//', '/#', '/%'), pattern, operand)
      .map(([variable, operator, text, by]) => `\${${variable}${operator}${text.replaceAll('/', '')}/${by}}`),
    fc.tuple(name, small, small).map(([variable, from, length]) => `\${${variable}: ${from}:${length}}`),
    fc.tuple(name, small).map(([variable, from]) => `\${${variable}: ${from}}`),
    fc
      .tuple(name, fc.constantFrom('^', '^^', ',', ',,', '@Q', '@U', '@L'))
      .map(([one, change]) => `\${${one}${change}}`),
    fc.constantFrom(
      '${r[0]}',
      '${r[@]}',
      '${#r[@]}',
      '${!r[@]}',
      '${r[@]:1}',
      '${r[-1]}',
      '${r[*]}',
      '${r[@]/a/b}',
      '${r[@]#a}',
    ),
    fc.constantFrom('$1', '$#', '$*', '$@', '${@:2}', '${2:-none}', '${!#}', '${@/a/c}', '$?'),
  )
}

/** A word of a command. */
function word(depth: number, calls: boolean): fc.Arbitrary<string> {
  const plain = fc.constantFrom('a', 'b', 'abc', 'a1', '-', '=', '\\*', '\\ ', '~x', 'a:b', '%', "''", '""', '7')
  const quoted = fc.constantFrom(
    "'a  b'",
    '"c  d"',
    "$'t\\tu'",
    "'$x'",
    '"a\\"b"',
    '"\\$x"',
    "$'\\x41'",
    "'*'",
    '"it\'s"',
  )
  if (depth === 0)
    return fc.oneof(
      plain,
      quoted,
      name.map((variable) => `\${${variable}}`),
    )
  const inner = word(depth - 1, calls)
  return fc.oneof(
    { weight: 3, arbitrary: plain },
    { weight: 2, arbitrary: quoted },
    { weight: 3, arbitrary: name.map((variable) => `"$${variable}"`) },
    { weight: 2, arbitrary: name.map((variable) => `\${${variable}}`) },
    { weight: 3, arbitrary: parameter() },
    { weight: 3, arbitrary: parameter().map((text) => `"${text}"`) },
    { weight: 2, arbitrary: arithmetic(2).map((text) => `$((${text}))`) },
    { weight: 1, arbitrary: simple(depth - 1, calls).map((text) => `$(${text})`) },
    { weight: 1, arbitrary: simple(depth - 1, calls).map((text) => `"$(${text})"`) },
    { weight: 1, arbitrary: fc.constantFrom('{a,b}-', '{1..3}-', 'x{,y}-', '{3..1}-', '{a..c}-', '{x}', '{1,${x}}-') },
    { weight: 2, arbitrary: fc.tuple(inner, inner).map(([left, right]) => left + right) },
    { weight: 1, arbitrary: fc.constantFrom('"$@"', '"$*"', '"x$@y"', '"${r[@]}"', '"${r[*]}"') },
  )
}

const words = (depth: number, calls: boolean): fc.Arbitrary<string> =>
  fc.array(word(depth, calls), { minLength: 0, maxLength: 3 }).map((list) => list.join(' '))

/** A simple command. */
function simple(depth: number, calls: boolean): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: words(depth, calls).map((text) => `echo ${text}`) },
    { weight: 4, arbitrary: words(depth, calls).map((text) => `printf '<%s>' ${text}; echo`) },
    { weight: 3, arbitrary: fc.tuple(name, word(depth, calls)).map(([variable, text]) => `${variable}=${text}`) },
    { weight: 1, arbitrary: fc.tuple(name, word(depth, calls)).map(([variable, text]) => `${variable}+=${text}`) },
    { weight: 1, arbitrary: words(depth, calls).map((text) => `r=(${text})`) },
    { weight: 1, arbitrary: fc.tuple(word(depth, calls)).map(([text]) => `r+=(${text})`) },
    { weight: 1, arbitrary: words(depth, calls).map((text) => `set -- ${text}`) },
    { weight: 2, arbitrary: arithmetic(2).map((text) => `((${text}))`) },
    { weight: 2, arbitrary: condition(depth, calls) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'true',
        'false',
        ':',
        'shift',
        'unset x',
        'unset "r[0]"',
        '! true',
        'IFS=:',
        'unset IFS',
      ),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(name, words(depth, calls))
        .map(([one, text]) => `read -r ${one} n <<< "${text.replaceAll('"', '')}"`),
    },
    { weight: 1, arbitrary: words(depth, calls).map((text) => (calls ? `f ${text}` : `echo f ${text}`)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'declare -p x y r 2> /dev/null',
        'cat f 2> /dev/null',
        'echo "$-" > /dev/null',
        'set -f; echo *; set +f',
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'eval "echo $x"',
        'eval \'y=$x; echo "$y"\'',
        'local x=1',
        'export x',
        'declare -i n',
        'declare -u z',
      ),
    },
  )
}

function condition(depth: number, calls: boolean): fc.Arbitrary<string> {
  const quoted = fc.oneof(
    name.map((variable) => `"$${variable}"`),
    fc.constantFrom('a', '3', "''"),
  )
  return fc.oneof(
    fc.tuple(quoted, fc.constantFrom('=', '!=', '-eq', '-lt', '-ge'), quoted).map((parts) => `[ ${parts.join(' ')} ]`),
    fc.tuple(fc.constantFrom('-z', '-n', '!', '-f', '-d'), quoted).map((parts) => `[ ${parts.join(' ')} ]`),
    fc
      .tuple(
        word(depth, calls),
        fc.constantFrom('==', '!='),
        fc.constantFrom(...PATTERNS.filter((text) => !text.includes('|'))),
      )
      .map((parts) => `[[ ${parts.join(' ')} ]]`),
    fc
      .tuple(name, fc.constantFrom('^a', 'b$', '[0-9]+', '(a)(b)?', '.'))
      .map(([one, text]) => `[[ $${one} =~ ${text} ]]`),
    fc.tuple(quoted, quoted).map(([left, right]) => `[[ ${left} < ${right} && -n ${right} || ! -v x ]]`),
  )
}

/**
 * A statement: a command of any kind, and lists and pipelines of them. Functions do not call functions (`calls` is false in their bodies):
 * one that called itself in a pipeline or in the background would fill the machine with processes.
 */
function statement(depth: number, calls: boolean): fc.Arbitrary<string> {
  if (depth === 0) return simple(1, calls)
  const inner = statement(depth - 1, calls)
  const body = fc.array(inner, { minLength: 1, maxLength: 2 }).map((list) => list.join('\n'))
  return fc.oneof(
    { weight: 8, arbitrary: simple(2, calls) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(simple(1, calls), fc.constantFrom('&&', '||'), simple(1, calls))
        .map((parts) => parts.join(' ')),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(inner, body, body)
        .map(([test, then, other]) => `if ${test}\nthen\n${then}\nelse\n${other}\nfi`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(name, words(1, calls), body)
        .map(([one, list, text]) => `for ${one} in ${list}\ndo\n${text}\ndone`),
    },
    { weight: 1, arbitrary: body.map((text) => `w=0; while ((w++ < 2)); do\n${text}\ndone`) },
    { weight: 1, arbitrary: body.map((text) => `for ((k=0; k<2; k++)); do\n${text}\ndone`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(word(1, calls), fc.constantFrom(...PATTERNS), body, body, fc.constantFrom(';;', ';&', ';;&'))
        .map(
          ([text, pattern, first, other, end]) =>
            `case ${text} in\n${pattern})\n${first}\n${end}\n*)\n${other}\n;;\nesac`,
        ),
    },
    { weight: 1, arbitrary: body.map((text) => `{\n${text}\n}`) },
    { weight: 1, arbitrary: body.map((text) => `(\n${text}\n)`) },
    {
      weight: calls ? 1 : 0,
      arbitrary: fc
        .tuple(statement(depth - 1, false), words(1, true))
        .map(([text, list]) => `f() {\n${text}\n}\nf ${list}`),
    },
    { weight: 1, arbitrary: fc.tuple(inner, filter()).map(([text, by]) => `{\n${text}\n} | ${by}`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(inner, fc.constantFrom('> f', '>> f', '2>&1', '> f 2>&1', '3>&1 >&2 2>&3'))
        .map(([text, to]) => `{\n${text}\n} ${to}`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          fc.constantFrom('${x}', '${y:-a}', '$z', '$(echo b)', '${#x}', '`echo c`', '\\\\$x', '!(x)'),
          fc.constantFrom('n + 1', '((n)+2)*3'),
          fc.constantFrom('E', "'E'"),
        )
        .map(([one, two, end]) => `cat <<${end}\n${one} $((${two})) it's "\\q" $'x'\nE`),
    },
    {
      weight: 1,
      arbitrary: inner.map(
        (text) => `w=0; while ((w++ < 3)); do\n${text}\nif ((w == 2)); then break; fi\ncontinue\necho never\ndone`,
      ),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('EXIT', 'ERR'), word(1, calls))
        .map(([event, text]) => `trap 'echo ${event} $? ${text.replaceAll("'", '')}' ${event}`),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(inner, fc.constantFrom('wait', 'wait $!')).map(([text, wait]) => `{\n${text}\n} & ${wait}`),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'set -e',
        'set -u',
        'set +e',
        'exit 3',
        'return 4 2> /dev/null',
        'exit',
        'set -o pipefail',
      ),
    },
  )
}

function filter(): fc.Arbitrary<string> {
  return fc.constantFrom(
    'cat',
    'tr a-z A-Z',
    'sort',
    'tail -n 2',
    'wc -l',
    'grep a',
    "sed 's/a/-/g'",
    'cut -c1-3',
    'while read -r l; do echo "[$l]"; done',
    'while IFS=: read -r l m; do echo "$m/$l"; done',
    "awk '{print NR, $1}'",
    'cat -n',
  )
}
