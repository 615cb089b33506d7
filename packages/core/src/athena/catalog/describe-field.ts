/** Hive fills a field to this many characters and never cuts it. */
const FIELD_WIDTH = 20

export function padField(text: string): string {
  return text + ' '.repeat(Math.max(0, FIELD_WIDTH - Array.from(text).length))
}
