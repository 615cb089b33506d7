import { CharStreams, CommonTokenStream, Token } from 'antlr4ng'
import { TrinoSqlLexer } from 'dt-sql-parser/dist/lib/trino/TrinoSqlLexer.js'
import { TrinoSqlParser } from 'dt-sql-parser/dist/lib/trino/TrinoSqlParser.js'

/**
 * Whether Trino's own grammar, as dt-sql-parser compiled it (version 450), accepts one statement.
 * It knows nothing of flowtap's parser. What Trino refuses after its grammar (backquotes, names that
 * start with a digit, numbers out of range, the arity of `coalesce`) it accepts.
 */
export function acceptedByTrinoGrammar(sql: string): boolean {
  const lexer = new TrinoSqlLexer(CharStreams.fromString(sql))
  lexer.removeErrorListeners()
  const parser = new TrinoSqlParser(new CommonTokenStream(lexer))
  parser.removeErrorListeners()
  parser.singleStatement()
  return parser.numberOfSyntaxErrors === 0 && parser.getCurrentToken().type === Token.EOF
}
