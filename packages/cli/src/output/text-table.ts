import stringWidth from 'string-width'

export interface TextTableColumn {
  readonly name: string
  readonly align: 'left' | 'right'
}

const GAP = 2
const ELLIPSIS = '…'
/** No column is made narrower than this while another is wider. */
const NARROWEST = 6

/**
 * A table for people: columns as wide as their longest value, narrowed together until a row fits `width` terminal cells;
 * where there are too many columns for that, a block per row with a line per column.
 * Control characters are shown as Unicode control pictures, so that a value can neither break a row nor steer the terminal.
 */
export function renderTextTable(
  columns: readonly TextTableColumn[],
  rows: readonly (readonly (string | null)[])[],
  width: number,
): string {
  const header = columns.map((column) => visible(column.name))
  const body = rows.map((row) => row.map((value) => (value === null ? '' : visible(value))))
  const natural = header.map((name, index) =>
    body.reduce((widest, row) => Math.max(widest, stringWidth(row[index] ?? '')), Math.max(1, stringWidth(name))),
  )
  if (narrowestWidth(natural) > width) return renderBlocks(header, body, width)
  const widths = fitWidths(natural, Math.max(1, width - GAP * (columns.length - 1)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => pad(cell, widths[index] ?? 1, columns[index]?.align ?? 'left'))
      .join(' '.repeat(GAP))
      .trimEnd()
  const rule = widths.map((cells) => '─'.repeat(cells)).join(' '.repeat(GAP))
  return [line(header), rule, ...body.map(line), ''].join('\n')
}

function narrowestWidth(natural: readonly number[]): number {
  return natural.reduce((sum, cells) => sum + Math.min(cells, NARROWEST), 0) + GAP * (natural.length - 1)
}

function renderBlocks(names: readonly string[], rows: readonly (readonly string[])[], width: number): string {
  const nameWidth = Math.min(Math.max(...names.map((name) => stringWidth(name))), Math.floor(width / 2))
  return rows
    .map((row, index) => {
      const title = truncate(`── row ${index + 1} ${'─'.repeat(width)}`, width).replace(ELLIPSIS, '─')
      const lines = names.map((name, column) =>
        `${pad(name, nameWidth, 'left')}${' '.repeat(GAP)}${truncate(row[column] ?? '', width - nameWidth - GAP)}`.trimEnd(),
      )
      return `${[title, ...lines].join('\n')}\n`
    })
    .join('')
}

/** Takes cells from the widest columns, one level after another, until the sum fits. */
export function fitWidths(natural: readonly number[], available: number): number[] {
  const widths = [...natural]
  let excess = widths.reduce((sum, cells) => sum + cells, 0) - available
  while (excess > 0) {
    const widest = Math.max(...widths)
    if (widest <= NARROWEST) break
    const next = Math.max(NARROWEST, ...widths.filter((cells) => cells < widest))
    const atTop = widths.filter((cells) => cells === widest).length
    const cut = Math.min(widest - next, Math.max(1, Math.floor(excess / atTop)))
    for (let index = 0; index < widths.length && excess > 0; index += 1) {
      if (widths[index] === widest) {
        widths[index] = widest - cut
        excess -= cut
      }
    }
  }
  return widths
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const cut = truncate(text, width)
  const space = ' '.repeat(width - stringWidth(cut))
  return align === 'left' ? cut + space : space + cut
}

function truncate(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  let result = ''
  let used = 0
  for (const character of text) {
    const cells = stringWidth(character)
    if (used + cells > width - 1) break
    result += character
    used += cells
  }
  return result + ELLIPSIS
}

function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this replaces
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) => {
    const code = character.charCodeAt(0)
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd'
  })
}
