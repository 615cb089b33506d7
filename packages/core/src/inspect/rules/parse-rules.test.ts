import { describe, expect, it } from 'vitest'
import { parseRules } from './parse-rules.ts'
import { readMutants } from './testing/mutated-rules.ts'

describe('parseRules', () => {
  it('reads 20,000 mutants of rules and matches them without a crash or a hang', { timeout: 60_000 }, () => {
    readMutants(20_000)
  })

  it('joins lines, skips comments and blank lines, reads CRLF and a byte order mark', () => {
    const text =
      '\ufeff# one\r\nalert tcp any any -> \\\r\nany any (msg:"a"; \\\r\n  sid:1;)\r\n\r\n#alert tcp any any -> any any (sid:2;)\r\nalert tcp any any -> any any (foo; sid:3;)\r\n'
    const { signatures, errors } = parseRules(text, { file: 'local.rules' })
    expect(signatures.map(({ sid, line, msg }) => ({ sid, line, msg }))).toEqual([{ sid: 1, line: 2, msg: 'a' }])
    expect(errors).toEqual([
      {
        file: 'local.rules',
        line: 7,
        column: 31,
        code: 'invalid',
        message: "there is no keyword 'foo'",
        rule: 'alert tcp any any -> any any (foo; sid:3;)',
        sid: undefined,
      },
    ])
  })

  it('refuses a keyword that Suricata has and the inspector has not by name', () => {
    const { errors } = parseRules('alert tcp any any -> any any (sid:5; lua:x.lua;)', { file: 'x' })
    expect(errors).toMatchObject([
      { code: 'unsupported', sid: 5, column: 38, message: 'the inspector does not have the keyword lua' },
    ])
  })

  it('takes class types, priorities, metadata and references', () => {
    const { signatures } = parseRules(
      'alert tcp $HOME_NET any -> !10.1.0.0/16 [80,8000:8080] (msg:"m \\"q\\""; classtype:web-application-attack; metadata:k v w, k2 x; reference:cve,2024-1; rev:3; sid:9;)',
      { file: 'x' },
    )
    expect(signatures).toMatchObject([
      {
        msg: 'm "q"',
        priority: 1,
        category: 'Web Application Attack',
        rev: 3,
        metadata: [
          { key: 'k', value: 'v w' },
          { key: 'k2', value: 'x' },
        ],
        references: [{ system: 'cve', id: '2024-1' }],
        destination: {
          ports: [
            { low: 80, high: 80 },
            { low: 8000, high: 8080 },
          ],
        },
      },
    ])
  })

  it('takes the variables it is given, and stops at one that names itself', () => {
    const variables = { addresses: { HOME_NET: '172.31.0.0/16', LOOP: '$LOOP' }, ports: {} }
    const rules = 'alert tcp $HOME_NET any -> $EXTERNAL_NET any (sid:1;)\nalert tcp $LOOP any -> any any (sid:2;)'
    const { signatures, errors } = parseRules(rules, { file: 'x', variables })
    expect(`${signatures[0]?.source.addresses?.[0]?.first}`).toBe('172.31.0.0')
    expect(`${signatures[0]?.destination.addresses?.[1]?.first}`).toBe('172.32.0.0')
    expect(errors).toMatchObject([{ line: 2, message: expect.stringContaining('deep') }])
  })
})
