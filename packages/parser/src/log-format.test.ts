import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logFile } from '../test/arbitraries.ts'
import {
  DEFAULT_LOG_FORMAT,
  formatHeader,
  formatLogFormat,
  LogFormatError,
  logFormatFromHeader,
  parseLogFormat,
} from './log-format.ts'

describe('parseLogFormat', () => {
  it('reverses formatLogFormat', () => {
    fc.assert(
      fc.property(logFile(0), ({ format }) => {
        expect(parseLogFormat(formatLogFormat(format))).toEqual(format)
      }),
    )
  })

  it('reads a format in any order, with unknown fields and any white space', () => {
    const text = `\n  \${dstaddr}   \${some-new-field}\t\${version} `
    expect(parseLogFormat(text).fields).toEqual(['dstaddr', 'some-new-field', 'version'])
  })

  it.each([
    ['', 'not a field'],
    ['version srcaddr', '"version" is not a field'],
    ['$' + '{version}$' + '{srcaddr}', 'not a field'],
    ['$' + '{}', 'not a field'],
    ['$' + '{Version}', 'not a field'],
    ['$' + '{__proto__}', 'not a field'],
    ['$' + '{version} $' + '{version}', 'twice'],
  ])('refuses %j', (text, message) => {
    expect(() => parseLogFormat(text)).toThrow(LogFormatError)
    expect(() => parseLogFormat(text)).toThrow(message)
  })
})

describe('logFormatFromHeader', () => {
  it('reverses formatHeader', () => {
    fc.assert(
      fc.property(logFile(0), ({ format }) => {
        expect(logFormatFromHeader(formatHeader(format))).toEqual(format)
      }),
    )
  })

  it.each([
    ['a record', '2 123456789010 eni-1 10.0.0.1 10.0.0.2 1 2 6 1 1 1 2 ACCEPT OK'],
    ['a record of lower-case words', 'ingress us-east-1 eni-0a1'],
    ['as many unknown words as known', 'version words'],
    ['a name twice', 'version version srcaddr'],
    ['upper case', 'VERSION SRCADDR'],
    ['two spaces', 'version  srcaddr dstaddr'],
    ['commas', 'version,srcaddr,dstaddr'],
    ['nothing', ''],
  ])('is undefined for %s', (_name, line) => {
    expect(logFormatFromHeader(line)).toBeUndefined()
  })

  it('takes a byte order mark, white space at the ends and some unknown fields', () => {
    expect(logFormatFromHeader('\uFEFFversion srcaddr brand-new\r')?.fields).toEqual([
      'version',
      'srcaddr',
      'brand-new',
    ])
    expect(logFormatFromHeader(formatHeader(DEFAULT_LOG_FORMAT))).toEqual(DEFAULT_LOG_FORMAT)
  })
})
