import { describe, expect, it } from 'vitest'
import { nearestName } from './nearest-name.ts'

describe('nearestName', () => {
  it.each([
    ['privat-a', ['private-a', 'private-b', 'public-a'], 'private-a'],
    ['privtae-a', ['private-a', 'private-b'], 'private-a'],
    ['CIDRBLOCK', ['cidrBlock', 'ipv6CidrBlock'], 'cidrBlock'],
    ['cidr', ['cidrBlock', 'tags'], 'cidrBlock'],
    ['route', ['routeTable', 'routeTables'], undefined],
    ['xyz', ['private-a', 'tags'], undefined],
    ['', ['a'], 'a'],
    ['x'.repeat(65), ['x'.repeat(64)], undefined],
    ['a', [], undefined],
  ])('of %s among %j is %s', (name, candidates, expected) => {
    expect(nearestName(name, candidates)).toBe(expected)
  })
})
